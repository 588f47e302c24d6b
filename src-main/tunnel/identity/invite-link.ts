import { createHash } from 'node:crypto';
import { z } from 'zod';
import { MillpondError } from '../../core/error.ts';
import type { PoolRole } from '../../core/node.ts';
import type { GatewayAddress } from '../ports.ts';

/** What an invite lets its device do. */
export type InviteRights = 'serve-and-ask' | 'ask' | 'serve';

/** Everything that an invite's link says. Only the secret proves anything; the rest is for people. */
export interface InviteLink {
  /** What the gateway knows by its hash. */
  readonly secret: string;
  readonly poolName: string;
  readonly gatewayName: string;
  readonly ownerName: string;
  readonly gateway: GatewayAddress;
  readonly rights: InviteRights;
  readonly role: PoolRole;
  /** Epoch milliseconds; absent: it does not expire by itself. */
  readonly expiresAt?: number;
}

/** A person pastes whole messages, but none that are books. */
const longestPaste = 20_000;
const longestName = 100;
const mostCandidates = 16;
const checksumBytes = 4;
const version = 1;
/** A mail program may break a link into so many lines. */
const mostPieces = 30;

const name = z.string().max(longestName);
/** Short names, because it has to fit into a QR code that a telephone can read. */
const payloadSchema = z.object({
  s: z.string().min(8).max(200),
  p: name,
  g: name,
  o: name,
  c: z
    .array(z.string().regex(/^\S{1,250}:\d{1,5}$/))
    .min(1)
    .max(mostCandidates),
  k: z
    .string()
    .regex(/^[\w-]{43}$/)
    .optional(),
  h: z.string().min(1).max(253).optional(),
  r: z.enum(['serve-and-ask', 'ask', 'serve']),
  m: z.enum(['owner', 'admin', 'member', 'viewer']),
  e: z.int().optional(),
});
type Payload = z.infer<typeof payloadSchema>;

/**
 * The link of an invite: `millpond://join/…`, or with `webAddress` (such as `https://pool.example.org`)
 * a page that a browser opens; what follows `#` is never sent to a server.
 */
export function formatInviteLink(invite: InviteLink, webAddress?: string): string {
  const code = encode(invite);
  return webAddress === undefined
    ? `millpond://join/${code}`
    : `${webAddress.replace(/\/+$/, '')}/join#${code}`;
}

/**
 * Finds the link in whatever was pasted. Throws `invalid-request` with one sentence: not a link, cut
 * off, of a newer version. It asks nobody; `expiresAt` is the caller's to judge, see `isExpired`.
 */
export function parseInviteLink(text: string): InviteLink {
  const code = findCode(text);
  if (code === undefined) {
    throw unusable(
      'This is not a Millpond invite; paste the whole link that begins with millpond://join/',
    );
  }
  const bytes = wholeCode(code);
  if (bytes === undefined) {
    throw unusable(
      'A part of this link is missing; copy it again, from its first letter to its last',
    );
  }
  if (bytes[checksumBytes] !== version) {
    throw unusable(
      'This invite was made by a newer Millpond; update Millpond here and paste it again',
    );
  }
  return readPayload(bytes.subarray(checksumBytes + 1));
}

/** Whether the invite is over by its own date: joining is still refused or allowed by the gateway. */
export function isExpired(invite: InviteLink, now: number): boolean {
  return invite.expiresAt !== undefined && invite.expiresAt <= now;
}

function encode(invite: InviteLink): string {
  const { trust, candidates } = invite.gateway;
  const payload: Payload = {
    s: invite.secret,
    p: invite.poolName.slice(0, longestName),
    g: invite.gatewayName.slice(0, longestName),
    o: invite.ownerName.slice(0, longestName),
    c: candidates.slice(0, mostCandidates),
    ...(trust.kind === 'pin' ? { k: trust.spki } : { h: trust.host }),
    r: invite.rights,
    m: invite.role,
    ...(invite.expiresAt !== undefined && { e: invite.expiresAt }),
  };
  const body = Buffer.concat([Buffer.of(version), Buffer.from(JSON.stringify(payload), 'utf8')]);
  return Buffer.concat([checksum(body), body]).toString('base64url');
}

function checksum(body: Uint8Array): Buffer {
  return createHash('sha256').update(body).digest().subarray(0, checksumBytes);
}

/** Everything behind the link's beginning, since a line break may have cut it into pieces. */
function findCode(text: string): string | undefined {
  const pasted = text.slice(0, longestPaste);
  return /(?:millpond:\/\/join\/|https:\/\/[^\s/#]+\/join\/?#)([\w-][\w\s>-]*)/i.exec(pasted)?.[1];
}

/** The shortest beginning whose checksum is right; words that follow the link are left out so. */
function wholeCode(text: string): Buffer | undefined {
  let code = '';
  for (const piece of text.split(/[\s>]+/).slice(0, mostPieces)) {
    code += piece;
    const bytes = Buffer.from(code, 'base64url');
    const isWhole =
      bytes.length > checksumBytes &&
      checksum(bytes.subarray(checksumBytes)).equals(bytes.subarray(0, checksumBytes));
    if (isWhole) return bytes;
  }
  return undefined;
}

function readPayload(json: Uint8Array): InviteLink {
  const parsed = payloadSchema.safeParse(parseJson(Buffer.from(json).toString('utf8')));
  const trust = trustOf(parsed.data?.k, parsed.data?.h);
  if (!parsed.success || trust === undefined) {
    throw unusable(
      'This invite says something that Millpond does not understand; ask for a new one',
    );
  }
  const payload = parsed.data;
  return {
    secret: payload.s,
    poolName: payload.p,
    gatewayName: payload.g,
    ownerName: payload.o,
    gateway: { candidates: payload.c, trust },
    rights: payload.r,
    role: payload.m,
    ...(payload.e !== undefined && { expiresAt: payload.e }),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The checksum was right, so whoever made it wrote no JSON: the schema refuses `undefined`.
    return undefined;
  }
}

/** Exactly one way to recognise the gateway. */
function trustOf(spki?: string, host?: string): GatewayAddress['trust'] | undefined {
  if (spki !== undefined && host === undefined) return { kind: 'pin', spki };
  if (host !== undefined && spki === undefined) return { kind: 'webpki', host };
  return undefined;
}

function unusable(sentence: string): MillpondError {
  return new MillpondError('invalid-request', sentence, {
    reason: 'invalid-invite',
    param: 'link',
  });
}
