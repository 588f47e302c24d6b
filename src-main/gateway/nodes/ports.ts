import { poolEvent } from '../../contract/nodes.ts';
import type { PoolEvent } from '../../contract/nodes.ts';
import type { InferenceBackend } from '../../core/inference.ts';
import type {
  AdvertisedModel,
  ModelRates,
  NodeAdvert,
  NodeLoad,
  SlotContents,
} from '../../core/node.ts';
import type { KnownMembership } from '../../tunnel/ports.ts';
import type { TunnelRefusal } from '../../tunnel/refusal.ts';

// What the machines of a pool need from the other parts of a gateway.

/** A membership that is in force, with what its device is called. */
export interface PoolDevice extends KnownMembership {
  readonly name: string;
  /** Epoch milliseconds; absent until it connected once. */
  readonly lastSeenAt?: number;
}

/** Who is in which pool. Every call is a read of memory. */
export interface NodesPeople {
  readonly pools: () => readonly { readonly id: string; readonly name: string }[];
  /** Undefined when it never existed or was revoked. */
  readonly device: (id: string) => PoolDevice | undefined;
  readonly devices: (poolId: string) => readonly PoolDevice[];
  /** Empty for somebody who is gone. */
  readonly nameOf: (personId: string) => string;
  /** Models that a person may ask in a pool; undefined or empty: all. */
  readonly modelsOf: (personId: string, poolId: string) => readonly string[] | undefined;
  /** The device is connected now. Called with each of its reports: keeps no more than it needs. */
  readonly seen: (id: string) => void;
  /** Pools, members, devices or rights changed. */
  readonly onChanged: (listener: () => void) => () => void;
  /** Name, role, trust or pool of a membership is another from now on. */
  readonly onMembershipChanged: (listener: (membership: KnownMembership) => void) => () => void;
  readonly onMembershipEnded: (
    listener: (membershipId: string, refusal: TunnelRefusal) => void,
  ) => () => void;
}

/** Tokens per second as this gateway measured them itself. */
export interface NodeRates {
  /** `modelKey`: the digest, or the id of a model that has none. */
  of(upstreamId: string, modelKey: string): ModelRates | undefined;
}

/** A request that waits or is answered now, as the topology shows who asks. */
export interface LiveAsk {
  readonly requestId: string;
  /** The caller's queue key. */
  readonly caller: string;
  readonly name: string;
  readonly kind: 'window' | 'session' | 'key' | 'member' | 'keyless';
  readonly client: string;
  readonly model: string;
  /** Pools whose machines may answer it. */
  readonly pools: readonly string[];
  readonly isWaiting: boolean;
  /** 1 is next. */
  readonly position?: number;
  readonly etaMs?: number;
}

export interface LiveAsks {
  list(): readonly LiveAsk[];
}

/** The machine that runs this gateway, as it is offered to those who come in through a pool. */
export interface GatewayMachine {
  readonly personId: string;
  readonly personName: string;
  readonly advert: NodeAdvert;
  readonly load: NodeLoad | undefined;
  readonly slots: readonly SlotContents[];
  readonly backend: InferenceBackend;
}

export interface GatewayMachineSource {
  /** Undefined while its owner does not share. */
  current(): GatewayMachine | undefined;
  /** It shares, stopped sharing, or its advert, load or slots changed. */
  onChanged(listener: () => void): () => void;
}

/**
 * Whether a machine has the weights that it claims.
 * - `own` nothing to prove · `verified` · `unverified` nobody to compare with · `checking`
 * - `quarantined` it was caught: gets no work
 */
export interface NodeProof {
  readonly state: 'own' | 'verified' | 'unverified' | 'checking' | 'quarantined';
  /** Why, in one sentence; only when quarantined. */
  readonly problem?: string;
}

export interface NodeProofs {
  readonly of: (machineId: string, model: AdvertisedModel) => NodeProof;
  readonly isQuarantined: (machineId: string, model: AdvertisedModel) => boolean;
  /** Forgets every verdict about a machine: its models are probed again. */
  readonly forget: (machineId: string) => void;
  readonly onChanged: (listener: (machineId: string) => void) => () => void;
}

// At rest ----------------------------------------------------------------------------------------

/** What one day adds to one account. `day` is `2026-11-21` in the gateway's time zone. */
export interface LedgerEntry {
  readonly poolId: string;
  readonly day: string;
  readonly personId: string;
  /** The machine that served; empty for what was consumed. */
  readonly machineId: string;
  /** The API key that asked; empty for what was served, and for callers without a key. */
  readonly keyId: string;
  readonly servedTokens: number;
  readonly servedAnswers: number;
  readonly consumedTokens: number;
  readonly consumedAnswers: number;
  /** Earned by what was served, in millionths of a US dollar; 0 for what was consumed. */
  readonly creditMicros: number;
}

export interface LedgerStore {
  /** Adds to what is there already: all of it or nothing. */
  add(entries: readonly LedgerEntry[]): Promise<void>;
  /** Everything since that day, of one pool or of all. */
  since(day: string, poolId?: string): Promise<readonly LedgerEntry[]>;
  /** All-time sums per pool, person and machine; `day` and `keyId` are empty. */
  totals(): Promise<readonly LedgerEntry[]>;
}

/** Everything that may happen to a pool. */
export const poolEventKinds = poolEvent.shape.kind.options;

export interface StoredPoolEvent extends PoolEvent {
  readonly poolId: string;
  /** The machine's membership, where it concerns one. */
  readonly machineId?: string;
}

export interface PoolEventStore {
  append(events: readonly StoredPoolEvent[]): Promise<void>;
  /** The newest of each pool, newest first. */
  newest(perPool: number): Promise<readonly StoredPoolEvent[]>;
  /** Keeps the newest of each pool. */
  prune(perPool: number): Promise<void>;
}

/** What is remembered of a machine while it is away. */
export interface StoredMachine {
  readonly membershipId: string;
  readonly hardware: string;
  readonly memoryKind: 'gpu' | 'main';
  readonly memoryBytes: number;
  readonly version: string;
  /** Epoch milliseconds. */
  readonly lastSeenAt: number;
}

export interface MachineStore {
  list(): Promise<readonly StoredMachine[]>;
  save(machines: readonly StoredMachine[]): Promise<void>;
  remove(membershipId: string): Promise<void>;
}

export interface StoredRate extends ModelRates {
  readonly upstreamId: string;
  /** The digest, or the id of a model that has none. */
  readonly modelKey: string;
  /** Epoch milliseconds when it was written down. */
  readonly at: number;
}

export interface RateStore {
  list(): Promise<readonly StoredRate[]>;
  /** Replaces everything. */
  replace(rates: readonly StoredRate[]): Promise<void>;
}

/** What canaries said about one digest on one machine. */
export interface StoredProof {
  readonly membershipId: string;
  readonly digest: string;
  readonly verdict: 'verified' | 'quarantined';
  /** Why, in one sentence; empty when verified. */
  readonly reason: string;
  readonly at: number;
}

export interface ProofStore {
  list(): Promise<readonly StoredProof[]>;
  save(proof: StoredProof): Promise<void>;
  remove(membershipId: string): Promise<void>;
}

export interface NodesStores {
  readonly ledger: LedgerStore;
  readonly events: PoolEventStore;
  readonly machines: MachineStore;
  readonly rates: RateStore;
}
