import type {
  InferenceBackend,
  InferenceRequest,
  Privacy,
  WireDialect,
} from '../core/inference.ts';
import type { ModelCapabilities } from '../core/model.ts';
import type { AdvertisedState, ModelRates, NodeTrust, SlotContents } from '../core/node.ts';
import type { RequestRecord } from '../contract/activity.ts';
import type { UsageLimits } from '../contract/limits.ts';

export interface StoredApiKey {
  readonly id: string;
  readonly personId: string;
  readonly name: string;
  readonly prefix: string;
  /** SHA-256 of the whole key, lower-case hex. The key itself is never stored. */
  readonly hash: string;
  readonly createdAt: number;
  readonly lastUsedAt?: number;
  /** Refused from then on. */
  readonly expiresAt?: number;
  /** The one pool whose machines it reaches; absent: whatever its person reaches. */
  readonly poolId?: string;
  /** Models it may ask; absent: all that its person may. */
  readonly models?: readonly string[];
  /** Whose machines may read what it asks; absent: as its person asks without saying so. */
  readonly privacy?: Privacy;
  /** `service`: of a program; it stays when its person's own keys are tidied away. `personal` if absent. */
  readonly kind?: 'personal' | 'service';
  /** Addresses and networks (CIDR) it may come from; absent: any. */
  readonly allowedIps?: readonly string[];
  /** For sorting usage: names of projects, tools, teams. */
  readonly tags?: readonly string[];
  /** Absent: none of its own; those of its person hold as well. */
  readonly limits?: UsageLimits;
}

/** Keys at rest. The gateway keeps its own snapshot; nothing here is on the hot path. */
export interface ApiKeyStore {
  list(): Promise<readonly StoredApiKey[]>;
  insert(key: StoredApiKey): Promise<void>;
  /** Replaces name and limits of every kind; id, hash and person stay. */
  update(key: StoredApiKey): Promise<void>;
  remove(id: string): Promise<void>;
  touch(id: string, usedAt: number): Promise<void>;
}

export interface RequestLogQuery {
  readonly limit: number;
  /** Only requests that started before this epoch millisecond. */
  readonly before?: number;
  readonly state?: 'done' | 'failed' | 'cancelled';
  /** Matched against model, alias, caller and client. */
  readonly search?: string;
  readonly poolId?: string;
  readonly model?: string;
  readonly keyId?: string;
  readonly personId?: string;
  readonly provider?: string;
  /** Its name, or the upstream's id. */
  readonly machine?: string;
}

/** Requests that have ended. Written in batches, off the hot path. */
export interface RequestLogStore {
  /** Keeps them and adds them to the sums of usage, all or nothing. One that is there already counts once. */
  append(records: readonly RequestRecord[]): Promise<void>;
  query(
    query: RequestLogQuery,
  ): Promise<{ readonly requests: readonly RequestRecord[]; readonly total: number }>;
  get(id: string): Promise<RequestRecord | undefined>;
  /** How much there is; the bytes roughly. Looks at every row. */
  size(): Promise<{ readonly rows: number; readonly bytes: number }>;
  /**
   * Deletes at most so many of the oldest, of those that started before the epoch millisecond `before`
   * if it is given, and answers how many it were. Sums of usage stay.
   */
  deleteOldest(limit: number, before?: number): Promise<number>;
}

/** A signed-in window or command line. Only the bearer's hash is kept. */
export interface StoredSession {
  readonly id: string;
  readonly personId: string;
  readonly tokenHash: string;
  readonly createdAt: number;
  readonly lastUsedAt: number;
}

export interface SessionStore {
  list(): Promise<readonly StoredSession[]>;
  insert(session: StoredSession): Promise<void>;
  remove(id: string): Promise<void>;
  touch(id: string, usedAt: number): Promise<void>;
}

/** A model as the API lists it. */
export interface OfferedModel {
  readonly id: string;
  readonly createdAt: number;
  readonly ownedBy: string;
  readonly contextLength?: number;
  readonly capabilities?: ModelCapabilities;
  /** Ready to answer without loading. */
  readonly isReady: boolean;
}

/** Something the router can send a request to. */
export interface Upstream {
  readonly id: string;
  /** `attached`: a server that somebody else started, on this machine or another. */
  readonly kind: 'local' | 'attached' | 'node' | 'pool' | 'provider';
  /** Takes `raw` requests of these dialects as they are; absent: none. */
  readonly speaks?: readonly WireDialect[];
  /** Prompts reach nobody but this machine; absent: as the kind says, only `local` does. */
  readonly staysHere?: boolean;
  /** Changes when earlier failures say nothing about it any more, such as after a restart. */
  readonly epoch?: string;
  readonly backend: InferenceBackend;
  /** As people call it; absent: the id. */
  readonly machine?: string;
  readonly poolId?: string;
  /** Absent: `own` for what stays here, `trusted` otherwise. */
  readonly trust?: NodeTrust;
  /** What it would answer this request with; absent for upstreams that do not say. */
  readonly offer?: UpstreamOffer;
}

/** An upstream that takes nothing now, as it was before its connection broke. */
export interface ReturningUpstream {
  readonly upstream: Upstream;
  /** Milliseconds since then. */
  readonly goneMs: number;
}

/** A model on one upstream, as far as the router reckons with it. All of it is cheap to read. */
export interface UpstreamOffer {
  readonly digest?: string;
  readonly contextLength?: number;
  readonly capabilities?: ModelCapabilities;
  readonly state: AdvertisedState;
  /** Answers that it takes at once: credits. Absent: it keeps its own line and is never full. */
  readonly slots?: number;
  readonly busySlots: number;
  readonly waiting: number;
  /** As the gateway measured them, else as advertised; absent while nobody knows. */
  readonly rates?: ModelRates;
  readonly loadMs?: number;
  readonly roundTripMs?: number;
  readonly slotContents: readonly SlotContents[];
  /** What speaks against it, such as its owner being at the keyboard. */
  readonly penalties: readonly { readonly reason: string; readonly ms: number }[];
  /** For the strategies that take them; 1 and 0 if absent. */
  readonly weight?: number;
  readonly priority?: number;
}

/** Whose machines a caller may see, and which of their models. */
export interface Scope {
  readonly pools: readonly string[];
  /**
   * Who comes in through a pool (a member's call, a key bound to a pool, a session at the public port)
   * sees of this machine only what its owner shares there.
   */
  readonly isVisitor?: boolean;
  /** Absent: all. */
  readonly models?: readonly string[];
  /** Which models of cloud providers exist; absent: none. */
  readonly providers?: 'own' | 'shared';
}

export const thisMachineOnly: Scope = { pools: [] };

/** A name as it was asked, understood. */
export interface ResolvedModel {
  readonly id: string;
  /** `model@node`: the one machine that may answer, by membership id. */
  readonly pin?: string;
  /** Where the name is an alias: its members in order, each to be resolved by itself. `id` is the alias. */
  readonly alias?: ModelAlias;
}

/** One name for several models, asked in order. */
export interface ModelAlias {
  readonly name: string;
  readonly members: readonly AliasMember[];
  /** Whether members that are cloud models may follow ones that are not. */
  readonly mayCrossToCloud: boolean;
}

export interface AliasMember {
  /** An id, a short name or a pinned name; never another alias. */
  readonly model: string;
  /** The next one is asked when the line here is longer than so many milliseconds; absent: it waits. */
  readonly maxQueueMs?: number;
}

/** Where models can be answered right now; implemented over engines, nodes and joined pools by `app/`. */
export interface UpstreamDirectory {
  models(scope: Scope): readonly OfferedModel[];
  /** One of them by its id. Asked on every request: absent only where the list is short. */
  model?(id: string, scope: Scope): OfferedModel | undefined;
  /** The canonical id behind an id, alias or pinned name; undefined when nobody in scope knows it. */
  resolve(name: string, scope: Scope): ResolvedModel | undefined;
  /** Upstreams for this request (its envelope says whose machines), in no particular order. */
  candidates(request: InferenceRequest): readonly Upstream[];
  /** Machines for this request whose connection broke and that may be back any time. Absent: none. */
  returning?(request: InferenceRequest): readonly ReturningUpstream[];
  /** Calls back when a candidate came, went, or has more room than before. Absent: that never happens. */
  onChanged?(listener: () => void): () => void;
}

/** Preferences the gateway obeys; read on every request, so it must be a plain read. */
export interface GatewayPreferences {
  readonly keyless: boolean;
  /** Absent: no answer is kept. */
  readonly answerCache?: AnswerCachePreferences;
  /** Pictures that a request names by their address are fetched for it. Absent: never. */
  readonly fetchPictures?: boolean;
  /** How long the log keeps a request; absent: as it likes. */
  readonly logKeepDays?: number;
  readonly logMaxMegabytes?: number;
  /** Where spans of requests go; empty or absent: as the environment says. */
  readonly telemetryEndpoint?: string;
}

export interface AnswerCachePreferences {
  readonly isOn: boolean;
  /** An answer is forgotten after so long. */
  readonly ttlSeconds: number;
  /** Memory that all kept answers may take together. */
  readonly maxBytes: number;
}
