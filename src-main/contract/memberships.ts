import { z } from 'zod';
import { instant, nothing } from './common.ts';
import { call, notify } from './kinds.ts';
import { modelCapabilities } from './models.ts';
import { nodeTrust, poolRole } from './nodes.ts';

/** How the link to a pool stands, in words for people. */
export const linkState = z.discriminatedUnion('phase', [
  z.object({ phase: z.literal('connecting'), since: instant }),
  z.object({
    phase: z.literal('online'),
    since: instant,
    address: z.string(),
    roundTripMs: z.number().optional(),
  }),
  z.object({ phase: z.literal('waiting'), retryAt: instant, problem: z.string() }),
  /** Final: revoked, wrong gateway, version. One sentence says what to do. */
  z.object({ phase: z.literal('closed'), reason: z.string(), message: z.string() }),
]);

/** A model that the pool offers to this app, or offered last: `machines` is 0 while its link is lost. */
export const joinedModel = z.object({
  /** As it is asked for here: the pool's id, or `id@pool` where this machine has the same name. */
  id: z.string(),
  name: z.string(),
  digest: z.string().optional(),
  contextLength: z.int(),
  capabilities: modelCapabilities,
  machines: z.int(),
  isReady: z.boolean(),
  trust: nodeTrust,
});
export type JoinedModel = z.infer<typeof joinedModel>;

/** A pool that this app has joined. */
export const membership = z.object({
  id: z.string(),
  poolId: z.string(),
  poolName: z.string(),
  gatewayName: z.string(),
  personName: z.string(),
  role: poolRole,
  /** How far the pool trusts this machine. */
  trust: nodeTrust,
  mayServe: z.boolean(),
  mayAsk: z.boolean(),
  /** This machine's models are offered to this pool (while sharing). */
  isSharing: z.boolean(),
  /** The machines of the pools held here are offered there too: this gateway is one machine of that pool. */
  offersPools: z.boolean(),
  link: linkState,
  joinedAt: instant,
  machinesOnline: z.int(),
  models: z.array(joinedModel),
  /** Who can read what is asked there with the default privacy. */
  readers: z.array(z.object({ machine: z.string(), person: z.string() })),
  addresses: z.array(z.string()),
});
export type Membership = z.infer<typeof membership>;

/** What an invite says before anything is sent or joined. */
export const invitePreview = z.object({
  poolName: z.string(),
  gatewayName: z.string(),
  ownerName: z.string(),
  addresses: z.array(z.string()),
  /** How the gateway is recognised: words of the pinned key, or a verified host name. */
  fingerprintWords: z.array(z.string()).optional(),
  host: z.string().optional(),
  rights: z.enum(['serve-and-ask', 'ask', 'serve']),
  role: poolRole,
  expiresAt: instant.optional(),
  isAlreadyJoined: z.boolean(),
});
export type InvitePreview = z.infer<typeof invitePreview>;

/** A pool that announces itself on this network. An offer, never trusted by itself. */
export const nearbyPool = z.object({
  id: z.string(),
  poolName: z.string(),
  ownerName: z.string(),
  gatewayName: z.string(),
  address: z.string(),
  isAlreadyJoined: z.boolean(),
});
export type NearbyPool = z.infer<typeof nearbyPool>;

/** Asking to join: the words are shown on both screens, the owner decides. */
export const joinRequest = z.discriminatedUnion('phase', [
  z.object({ phase: z.literal('connecting'), poolName: z.string() }),
  z.object({
    phase: z.literal('waiting'),
    poolName: z.string(),
    ownerName: z.string(),
    words: z.array(z.string()),
  }),
  z.object({ phase: z.literal('joined'), membershipId: z.string() }),
  z.object({ phase: z.literal('refused'), reason: z.string(), message: z.string() }),
]);
export type JoinRequest = z.infer<typeof joinRequest>;

/** Pools that this app has joined. */
export const memberships = {
  list: call(
    'GET',
    '/control/memberships',
    nothing,
    z.object({
      memberships: z.array(membership),
      nearby: z.array(nearbyPool),
      /** The latest *Ask to join*, until another one begins or it is forgotten. */
      request: joinRequest.optional(),
    }),
  ),
  /** Reads a link; contacts nobody. `invalid-request` with one sentence for anything else. */
  preview: call(
    'POST',
    '/control/memberships/preview',
    z.strictObject({ link: z.string().min(1).max(4000) }),
    invitePreview,
  ),
  /**
   * Uses the link. Refusals are `forbidden` with the reason `invalid-invite`, `invite-expired`,
   * `invite-used-up`, `invite-revoked`, `wrong-gateway`, `version-too-old`, `version-too-new`; a gateway
   * that nobody reaches is `unavailable` with `gateway-unreachable`.
   */
  join: call(
    'POST',
    '/control/memberships',
    z.strictObject({
      link: z.string().min(1).max(4000),
      personName: z.string().trim().max(60).default(''),
      deviceName: z.string().trim().max(60).default(''),
      /** Offer this machine's models there at once, where the invite allows it. */
      share: z.boolean().default(true),
    }),
    membership,
  ),
  /** Asks a pool of this network to be let in; answers at once, then `onChanged`. */
  ask: call(
    'POST',
    '/control/memberships/ask',
    z.strictObject({
      nearbyId: z.string(),
      personName: z.string().trim().max(60).default(''),
      deviceName: z.string().trim().max(60).default(''),
    }),
    nothing,
  ),
  cancelAsk: call('DELETE', '/control/memberships/ask', nothing, nothing),
  update: call(
    'PATCH',
    '/control/memberships/:id',
    z.strictObject({
      id: z.string(),
      isSharing: z.boolean().optional(),
      offersPools: z.boolean().optional(),
    }),
    membership,
  ),
  /** Looks for the gateway now instead of at `retryAt`. */
  reconnect: call(
    'POST',
    '/control/memberships/:id/reconnect',
    z.strictObject({ id: z.string() }),
    nothing,
  ),
  leave: call('DELETE', '/control/memberships/:id', z.strictObject({ id: z.string() }), nothing),
  onChanged: notify('memberships.changed', z.object({})),
};
