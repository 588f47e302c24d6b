import { z } from 'zod';
import { id, instant, nothing } from './common.ts';
import { call, notify } from './kinds.ts';
import { modelCapabilities } from './models.ts';
import { invite, inviteListProblem, inviteTerms, listedInvite } from './pool-people.ts';
import { knock, ledgerLine, member, newInvite } from './pool-people.ts';
import { nodeTrust, poolEvent, poolMachine, poolRole } from './nodes.ts';

/** How requests are spread over machines. */
export const routingStrategy = z.enum([
  'expected-time',
  'round-robin',
  'weighted',
  'priority',
  'least-busy',
  'sticky',
]);

export const pool = z.object({
  id,
  name: z.string(),
  createdAt: instant,
  /** Members' prompts share no cache: each person is a tenant of their own. */
  isIsolated: z.boolean(),
  strategy: routingStrategy,
  /** Who gives more waits less: members with a positive balance go first in line. */
  contributorsFirst: z.boolean(),
  machines: z.int(),
  machinesOnline: z.int(),
  members: z.int(),
});
export type Pool = z.infer<typeof pool>;

/** One way to this gateway, and what has actually been seen of it. */
export const addressCandidate = z.object({
  /** `host:port`. */
  address: z.string(),
  kind: z.enum(['own', 'overlay', 'ipv6', 'mapped', 'lan', 'loopback']),
  /** - `seen` somebody came in this way · `open` likely · `unknown` · `closed` known not to work from outside */
  verdict: z.enum(['seen', 'open', 'unknown', 'closed']),
  /** From where it was reached: `this-machine`, `this-network`, `internet`. */
  seenFrom: z.enum(['this-machine', 'this-network', 'internet']).optional(),
  seenAt: instant.optional(),
});

/** Whether others can come in, honestly. */
export const reach = z.object({
  /** The public TLS port; absent while no pool is open. */
  port: z.int().optional(),
  /** SHA-256 of the CA's public key, base64url, and the same as words. */
  fingerprint: z.string(),
  fingerprintWords: z.array(z.string()),
  candidates: z.array(addressCandidate),
  /**
   * - `internet` seen or very likely · `network` only from this network · `carrier-nat` the provider
   *   shares one address among many: nobody can dial in · `unknown` not looked yet
   */
  verdict: z.enum(['internet', 'network', 'carrier-nat', 'unknown']),
  /** What is being done: asking the router, for example. */
  isLooking: z.boolean(),
  /** The owner's own address, such as `pool.example.org:8443`. */
  ownAddress: z.string(),
  /** Ask the router for a port mapping (UPnP, NAT-PMP). */
  mayMapPort: z.boolean(),
  /** Offer this pool on the local network (mDNS). */
  isAnnounced: z.boolean(),
});
export type Reach = z.infer<typeof reach>;

/** Who asks right now, from the topology's left column. */
export const asker = z.object({
  /** Caller's queue key. */
  id: z.string(),
  name: z.string(),
  /** `chat in this window`, a key's name, a device: already words in English; kinds for the window. */
  kind: z.enum(['window', 'session', 'key', 'member', 'keyless']),
  client: z.string(),
  tokensPerSecond: z.number(),
  answers: z.int(),
  waiting: z.int(),
  /** 1 is next; absent when none of its requests waits. */
  firstPosition: z.int().optional(),
  models: z.array(
    z.object({
      id: z.string(),
      tokensPerSecond: z.number(),
      answers: z.int(),
      waiting: z.int(),
    }),
  ),
});

/** One entry per model, however many machines serve it. */
export const poolModel = z.object({
  id: z.string(),
  name: z.string(),
  digest: z.string().optional(),
  contextLength: z.int(),
  capabilities: modelCapabilities,
  machines: z.int(),
  machinesReady: z.int(),
  slots: z.int(),
  busySlots: z.int(),
  waiting: z.int(),
  tokensPerSecond: z.number(),
  /** Where its answers run now. */
  lines: z.array(
    z.object({
      machineId: z.string(),
      tokensPerSecond: z.number(),
      answers: z.int(),
      /** Answers that came over from a lost machine. */
      moved: z.int(),
    }),
  ),
});

export const poolOverview = z.object({
  poolId: id,
  at: instant,
  tokensPerSecond: z.number(),
  machines: z.array(poolMachine),
  models: z.array(poolModel),
  askers: z.array(asker),
  busySlots: z.int(),
  slots: z.int(),
  waiting: z.int(),
  etaMs: z.number().optional(),
  /** Tokens per second, one figure per 15 s, oldest first; at most 60. */
  history: z.array(z.number()),
  events: z.array(poolEvent),
});
export type PoolOverview = z.infer<typeof poolOverview>;

/** Pools that this gateway holds: starting one opens the public port. */
export const pools = {
  list: call(
    'GET',
    '/control/pools',
    nothing,
    z.object({ pools: z.array(pool), reach, hasPassword: z.boolean(), knocks: z.array(knock) }),
  ),
  /** Makes a pool; the first one opens the public port and needs the owner's password. */
  start: call(
    'POST',
    '/control/pools',
    z.strictObject({
      name: z.string().trim().min(1).max(60),
      /** At least 10 characters; needed once. */
      password: z.string().min(10).max(200).optional(),
      /** What invites and members call the owner; taken with the first password. Empty: as before. */
      ownerName: z.string().trim().max(60).optional(),
      port: z.int().min(1).max(65_535).optional(),
    }),
    pool,
  ),
  update: call(
    'PATCH',
    '/control/pools/:id',
    z.strictObject({
      id,
      name: z.string().trim().min(1).max(60).optional(),
      isIsolated: z.boolean().optional(),
      strategy: routingStrategy.optional(),
      contributorsFirst: z.boolean().optional(),
    }),
    pool,
  ),
  /** Ends a pool: its machines are told, its invites and memberships are gone. The last one closes the port. */
  remove: call('DELETE', '/control/pools/:id', z.strictObject({ id }), nothing),
  overview: call('GET', '/control/pools/:id/overview', z.strictObject({ id }), poolOverview),
  /** Where others can come in; looks again when asked. */
  updateReach: call(
    'PATCH',
    '/control/reach',
    z.strictObject({
      ownAddress: z.string().max(260).optional(),
      mayMapPort: z.boolean().optional(),
      isAnnounced: z.boolean().optional(),
      lookAgain: z.boolean().optional(),
    }),
    reach,
  ),
  setPassword: call(
    'POST',
    '/control/password',
    z.strictObject({ old: z.string().max(200).optional(), password: z.string().min(10).max(200) }),
    nothing,
  ),

  invites: call(
    'GET',
    '/control/pools/:id/invites',
    z.strictObject({ id }),
    z.object({ invites: z.array(invite) }),
  ),
  createInvite: call(
    'POST',
    '/control/pools/:id/invites',
    z.strictObject({
      id,
      ...inviteTerms.shape,
      /** Joins the devices to this person instead of making a new member. */
      personId: id.optional(),
    }),
    newInvite,
  ),
  /**
   * One invite a line: `name,expires,uses,role,trust,rights,models`; what a line leaves open is as the
   * other fields say. A line that is wrong is named, and then none is made.
   */
  createInvites: call(
    'POST',
    '/control/pools/:id/invites/import',
    z.strictObject({ id, ...inviteTerms.shape, csv: z.string().max(200_000) }),
    z.object({ made: z.array(listedInvite), problems: z.array(inviteListProblem) }),
  ),
  revokeInvite: call('DELETE', '/control/invites/:id', z.strictObject({ id }), nothing),
  /** The owner's answer to somebody who asks to join. */
  answerKnock: call(
    'POST',
    '/control/knocks/:id',
    z.strictObject({ id, poolId: id.optional(), accept: z.boolean(), trust: nodeTrust.optional() }),
    nothing,
  ),

  members: call(
    'GET',
    '/control/pools/:id/members',
    z.strictObject({ id }),
    z.object({ members: z.array(member) }),
  ),
  updateMember: call(
    'PATCH',
    '/control/pools/:id/members/:personId',
    z.strictObject({
      id,
      personId: id,
      role: poolRole.optional(),
      /** Empty: all. */
      models: z.array(z.string().max(300)).max(100).optional(),
    }),
    member,
  ),
  /** Ends the membership with all its devices and pool keys, at once. */
  removeMember: call(
    'DELETE',
    '/control/pools/:id/members/:personId',
    z.strictObject({ id, personId: id }),
    nothing,
  ),
  ledger: call(
    'GET',
    '/control/pools/:id/ledger',
    z.strictObject({ id, days: z.coerce.number().int().min(1).max(366).default(14) }),
    z.object({ lines: z.array(ledgerLine) }),
  ),

  /** One machine with what happened to it. */
  machine: call(
    'GET',
    '/control/machines/:id',
    z.strictObject({ id: z.string() }),
    z.object({ machine: poolMachine, events: z.array(poolEvent) }),
  ),
  updateMachine: call(
    'PATCH',
    '/control/machines/:id',
    z.strictObject({
      id: z.string(),
      name: z.string().trim().min(1).max(60).optional(),
      trust: nodeTrust.optional(),
    }),
    poolMachine,
  ),
  /** It ends its answers and gets nothing new until it connects again. */
  drainMachine: call(
    'POST',
    '/control/machines/:id/drain',
    z.strictObject({ id: z.string() }),
    nothing,
  ),
  /** Its membership ends at once; running answers go on elsewhere. */
  revokeMachine: call(
    'DELETE',
    '/control/machines/:id',
    z.strictObject({ id: z.string() }),
    nothing,
  ),
  commandMachine: call(
    'POST',
    '/control/machines/:id/commands',
    z.strictObject({
      id: z.string(),
      command: z.discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('load'), modelId: z.string().max(500) }),
        z.strictObject({ kind: z.literal('unload'), modelId: z.string().max(500) }),
        z.strictObject({ kind: z.literal('download'), model: z.string().max(500) }),
      ]),
    }),
    nothing,
  ),
  /** Lifts a quarantine: the machine's models are probed again. */
  probeMachine: call(
    'POST',
    '/control/machines/:id/probe',
    z.strictObject({ id: z.string() }),
    nothing,
  ),

  /** Lists of pools, reach or knocks changed: ask `list` again. */
  onChanged: notify('pools.changed', z.object({})),
  /** At most twice a second while a tab looks and something moves. */
  onOverview: notify('pools.overview', poolOverview),
};
