import { z } from 'zod';
import { id, instant } from './common.ts';
import { modelCapabilities } from './models.ts';

/** How far a machine may be trusted with prompts. */
export const nodeTrust = z.enum(['own', 'trusted', 'guest']);
export type NodeTrust = z.infer<typeof nodeTrust>;

export const poolRole = z.enum(['owner', 'admin', 'member', 'viewer']);
export type PoolRole = z.infer<typeof poolRole>;

/** Whether a machine works for others, in words for people. */
export const sharingState = z.object({
  phase: z.enum(['sharing', 'finishing', 'paused']),
  /** One clause: "Blender uses GPU 0"; empty while sharing. */
  reason: z.string(),
  cause: z.enum(['hand', 'rule']).optional(),
  since: instant,
  /** When it shares again, where that is known. */
  until: instant.optional(),
});
export type SharingState = z.infer<typeof sharingState>;

const advertisedState = z.discriminatedUnion('phase', [
  z.object({ phase: z.literal('installed') }),
  z.object({ phase: z.literal('loading'), share: z.number() }),
  z.object({ phase: z.literal('ready') }),
  z.object({ phase: z.literal('draining') }),
]);

/** A model on one machine. */
export const machineModel = z.object({
  id: z.string(),
  name: z.string(),
  digest: z.string().optional(),
  contextLength: z.int(),
  capabilities: modelCapabilities,
  state: advertisedState,
  slots: z.int(),
  busySlots: z.int(),
  waiting: z.int(),
  /** As the gateway measured them; absent before the first answer. */
  prefillPerSecond: z.number().optional(),
  decodePerSecond: z.number().optional(),
  /**
   * What canaries say about the digest. `unverified`: no machine to compare with; `quarantined` with
   * `problem`: it gets no work.
   */
  proof: z.enum(['own', 'verified', 'unverified', 'checking', 'quarantined']),
  problem: z.string().optional(),
});
export type MachineModel = z.infer<typeof machineModel>;

/** A machine of a pool. Called *machine* in the window, *node* in the API, log and JSON. */
export const poolMachine = z.object({
  /** The membership's id. */
  id: z.string(),
  name: z.string(),
  personId: id.optional(),
  /** Whose it is. */
  personName: z.string(),
  /** The machine that runs this gateway. */
  isThisMachine: z.boolean(),
  trust: nodeTrust,
  /**
   * - `online` · `finishing` ends its answers · `paused` by its owner · `lost` gone less than 15 min ago
   *   while it should be here · `offline` left or long gone
   */
  phase: z.enum(['online', 'finishing', 'paused', 'lost', 'offline']),
  /** Why, in one clause; empty when there is nothing to say. */
  reason: z.string(),
  /** When it is back, where its owner's hours say so. */
  backAt: instant.optional(),
  since: instant,
  lastSeenAt: instant.optional(),
  /** `RTX 4090, 24 GB`; built from facts. */
  hardware: z.string(),
  memory: z
    .object({
      kind: z.enum(['gpu', 'main']),
      usedBytes: z.number().optional(),
      totalBytes: z.number(),
    })
    .optional(),
  roundTripMs: z.number().optional(),
  clockSkewMs: z.number().optional(),
  address: z.string().optional(),
  slots: z.int(),
  busySlots: z.int(),
  tokensPerSecond: z.number(),
  models: z.array(machineModel),
  allowedCommands: z.array(z.enum(['load', 'unload', 'download'])),
  version: z.string().optional(),
  /** All-time, as the gateway counted it. */
  servedTokens: z.number(),
  servedAnswers: z.int(),
});
export type PoolMachine = z.infer<typeof poolMachine>;

/** Something that happened to a pool, newest first. Words are made in the window from `kind`. */
export const poolEvent = z.object({
  id,
  at: instant,
  kind: z.enum([
    'machine-joined',
    'machine-online',
    'machine-offline',
    'machine-lost',
    'machine-paused',
    'machine-finishing',
    'machine-resumed',
    'machine-revoked',
    'machine-quarantined',
    'answer-moved',
    'answer-lost',
    'member-joined',
    'member-removed',
    'invite-used',
    'knock',
    'knock-declined',
    'error-reported',
  ]),
  machine: z.string().optional(),
  person: z.string().optional(),
  /** The machine that went on. */
  to: z.string().optional(),
  model: z.string().optional(),
  /** Answers, tokens or milliseconds that the sentence names. */
  atToken: z.int().optional(),
  pauseMs: z.number().optional(),
  count: z.int().optional(),
  reason: z.string().optional(),
  requestId: z.string().optional(),
});
export type PoolEvent = z.infer<typeof poolEvent>;
