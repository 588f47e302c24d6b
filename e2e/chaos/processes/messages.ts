import type { GatewayAddress, TunnelState } from '../../../src-main/tunnel/ports.ts';

/** A build with one mistake in it on purpose: the suite has to notice. */
export const mutations = [
  'epoch-check-off',
  'ring-off',
  'settlement-skipped',
  'wrong-tenant-slot',
] as const;
export type Mutation = (typeof mutations)[number];

/** What both kinds of processes are asked; every question gets one answer. */
export type Question<Ask> = { readonly number: number } & Ask;
export interface Answer {
  readonly number: number;
  readonly reply: unknown;
}

// The gateway's process ---------------------------------------------------------------------------

export interface GatewayStart {
  readonly folder: string;
  readonly mutation?: Mutation;
  /** Paces of the product instead of the suite's shorter ones. */
  readonly hasUsualTiming?: boolean;
}

export type GatewayQuestion =
  | { readonly ask: 'measure' }
  | { readonly ask: 'books' }
  | { readonly ask: 'overview' }
  | { readonly ask: 'invite'; readonly poolId: string; readonly uses: number }
  | { readonly ask: 'links' }
  | { readonly ask: 'shift-clock'; readonly byMs: number };

export interface GatewayReady {
  readonly port: number;
  readonly spki: string;
  /** PEM of its authority, for callers. */
  readonly authority: string;
  readonly pools: readonly ReadyPool[];
}

export interface ReadyPool {
  readonly id: string;
  readonly name: string;
  /** An API key bound to the pool; only from the start that made the pool. */
  readonly key?: string;
}

/** What has to be back at its start when everything is over. */
export interface GatewayMeasure {
  readonly answering: number;
  readonly waiting: number;
  readonly requests: number;
  readonly runs: number;
  readonly calls: number;
  readonly links: number;
  readonly bufferedBytes: number;
  readonly timers: number;
  /** After garbage was collected. */
  readonly heapBytes: number;
}

/** Tokens of one pool since its beginning. */
export interface PoolBooks {
  readonly poolId: string;
  readonly servedTokens: number;
  readonly consumedTokens: number;
}

export interface SeenMachine {
  readonly name: string;
  readonly poolId: string;
  readonly phase: string;
  readonly busySlots: number;
  readonly quarantined: readonly string[];
}

export interface SeenLink {
  readonly membershipId: string;
  readonly remoteAddress: string;
  readonly connectedAt: number;
}

// A machine's process -----------------------------------------------------------------------------

export interface MachineStart {
  readonly folder: string;
  readonly name: string;
  readonly models: readonly ScriptedModelOffer[];
  readonly mutation?: Mutation;
}

export interface ScriptedModelOffer {
  readonly id: string;
  /** What it says its weights are. */
  readonly digest: string;
  /** What they are. */
  readonly weights: string;
}

export type MachineQuestion =
  | {
      readonly ask: 'join';
      readonly poolId: string;
      readonly gateway: GatewayAddress;
      readonly invite: string;
    }
  | { readonly ask: 'measure' }
  | { readonly ask: 'shift-clock'; readonly byMs: number }
  /** Whatever is asked next kills it before the first token. */
  | { readonly ask: 'die-when-asked'; readonly isArmed: boolean }
  /** Says that its models are loaded, and refuses to answer with them. */
  | { readonly ask: 'refuse-answers'; readonly isRefusing: boolean };

export interface MachineMeasure {
  readonly links: readonly TunnelState['phase'][];
  readonly answering: number;
  readonly slotsInUse: number;
  /** What its engine read since the last look. */
  readonly evaluated: readonly Evaluated[];
}

/** What an engine read before its first token: prompt and the part that was delivered already. */
export interface Evaluated {
  readonly prompt: string;
  readonly delivered: number;
  readonly hash: number;
}
