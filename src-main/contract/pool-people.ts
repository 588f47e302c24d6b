import { z } from 'zod';
import { id, instant } from './common.ts';
import { nodeTrust, poolRole } from './nodes.ts';

export const invite = z.object({
  id,
  poolId: id,
  /** The first characters of the secret, enough to recognise it. */
  prefix: z.string(),
  createdAt: instant,
  expiresAt: instant.optional(),
  maxUses: z.int().optional(),
  uses: z.int(),
  role: poolRole,
  trust: nodeTrust,
  /** What it lets in: a machine that serves, somebody who asks, or both. */
  rights: z.enum(['serve-and-ask', 'ask', 'serve']),
  /** Models that its members may ask; empty: all. */
  models: z.array(z.string()),
  state: z.enum(['open', 'used-up', 'expired', 'revoked']),
});
export type Invite = z.infer<typeof invite>;

export const newInvite = z.object({
  invite,
  /** `millpond://join/…`: shown once, only its hash is kept. */
  link: z.string(),
  /** Ready text to send: what it is, where to get the app, the link, until when. */
  text: z.string(),
  /** QR code of the link as an SVG path over a square of `qrSize` modules. */
  qrPath: z.string(),
  qrSize: z.int(),
});

/** What an invite allows, as somebody wishes it. */
export const inviteTerms = z.object({
  rights: z.enum(['serve-and-ask', 'ask', 'serve']).default('serve-and-ask'),
  role: z.enum(['admin', 'member', 'viewer']).default('member'),
  trust: nodeTrust.default('trusted'),
  /** Absent: any number. */
  maxUses: z.int().min(1).max(1000).optional(),
  expiresAt: instant.optional(),
  models: z.array(z.string().max(300)).max(100).default([]),
});

/** An invite out of a list, with whom the list meant it for. Shown once. */
export const listedInvite = z.object({ name: z.string(), invite, link: z.string() });
export type ListedInvite = z.infer<typeof listedInvite>;

/** What is wrong with a line of such a list. */
export const inviteListProblem = z.object({
  line: z.int(),
  /** As the list's heading calls it; absent where the whole line is wrong. */
  column: z.string().optional(),
  message: z.string(),
});
export type InviteListProblem = z.infer<typeof inviteListProblem>;

/** Somebody on the network asks to join; the owner compares the words. */
export const knock = z.object({
  id,
  at: instant,
  deviceName: z.string(),
  personName: z.string(),
  words: z.array(z.string()),
  address: z.string(),
});
export type Knock = z.infer<typeof knock>;

export const member = z.object({
  personId: id,
  name: z.string(),
  role: poolRole,
  joinedAt: instant,
  /** Absent: all models of the pool. */
  models: z.array(z.string()).optional(),
  devices: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      mayServe: z.boolean(),
      mayAsk: z.boolean(),
      isOnline: z.boolean(),
      lastSeenAt: instant.optional(),
    }),
  ),
  servedTokens: z.number(),
  consumedTokens: z.number(),
});
export type Member = z.infer<typeof member>;

/** One line of the ledger: a day of one member. Tokens in and out together. */
export const ledgerLine = z.object({
  /** `2026-11-21`, in the gateway's time zone. */
  day: z.string(),
  personId: id,
  personName: z.string(),
  servedTokens: z.number(),
  servedAnswers: z.int(),
  consumedTokens: z.number(),
  consumedAnswers: z.int(),
  /** Earned by what was served, in millionths of a US dollar; absent: nothing. */
  creditMicros: z.int().optional(),
});
