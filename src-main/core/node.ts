import type { HardwareSnapshot } from './hardware.ts';
import type { ModelCapabilities } from './model.ts';

/** How far a machine may be trusted with prompts: one's own, a friend's, or anybody's. */
export type NodeTrust = 'own' | 'trusted' | 'guest';

/** What a person may do in a pool. */
export type PoolRole = 'owner' | 'admin' | 'member' | 'viewer';

/** A model as a machine offers it. Its identity is the digest; the id is a claim. */
export interface AdvertisedModel {
  readonly id: string;
  readonly name: string;
  /** SHA-256 of the weights; without it nothing is handed over. */
  readonly digest?: string;
  /** Tokens of one slot, as it is or would be loaded. */
  readonly contextLength: number;
  readonly capabilities: ModelCapabilities;
  /** Answers at the same time; the gateway never sends more: a credit, not a hint. */
  readonly slots: number;
  readonly state: AdvertisedState;
  /** Weights on disk. */
  readonly sizeBytes?: number;
  /** What the machine measured itself: a claim until the gateway has measured too. */
  readonly rates?: ModelRates;
  /** How long a load took last time; absent while unknown. */
  readonly loadMs?: number;
}

export type AdvertisedState =
  | { readonly phase: 'installed' }
  | { readonly phase: 'loading'; readonly share: number }
  | { readonly phase: 'ready' }
  | { readonly phase: 'draining' };

/** Tokens per second of one answer that has the engine to itself. */
export interface ModelRates {
  readonly prefillPerSecond: number;
  readonly decodePerSecond: number;
}

/** Everything about a machine that changes rarely. Sent at connect and whenever it changed. */
export interface NodeAdvert {
  /** As its owner calls it. */
  readonly name: string;
  readonly hardware: HardwareSummary;
  readonly models: readonly AdvertisedModel[];
  readonly versions: { readonly millpond: string; readonly engine?: string };
  readonly sharing: SharingState;
  /** Commands that the owner allows the gateway. */
  readonly allowedCommands: readonly NodeCommandKind[];
}

export type HardwareSummary = Pick<
  HardwareSnapshot,
  'platform' | 'osName' | 'cpuModel' | 'physicalCores' | 'totalMemoryBytes' | 'hasUnifiedMemory'
> & {
  readonly gpus: readonly { readonly name: string; readonly memoryBytes?: number }[];
};

/**
 * Whether a machine works for others, in words for people.
 * - `sharing` · `finishing` ends what it answers, takes nothing new · `paused` by hand or by a rule
 */
export interface SharingState {
  readonly phase: 'sharing' | 'finishing' | 'paused';
  /** Why, in one clause: "Blender uses GPU 0", "you are using the computer"; empty while sharing. */
  readonly reason: string;
  /** By whom; absent while sharing. */
  readonly cause?: 'hand' | 'rule';
  /** Epoch milliseconds since. */
  readonly since: number;
  /** Epoch milliseconds when it shares again, where that is known: "back at 23:00". */
  readonly until?: number;
}

/** What changes from second to second. Rides in every heartbeat. */
export interface NodeLoad {
  readonly models: readonly {
    readonly id: string;
    /** Slots answering for anybody, the owner included. */
    readonly busySlots: number;
    readonly waiting: number;
    readonly state: AdvertisedState;
  }[];
  readonly usedMemoryBytes?: number;
  readonly usedGpuBytes?: number;
  /** Of the hottest card, in degrees Celsius. */
  readonly temperature?: number;
  /** The owner is chatting on the machine right now. */
  readonly isOwnerActive: boolean;
}

/** What one slot of a machine holds since its last request: the truth that prefix routing stands on. */
export interface SlotContents {
  readonly modelId: string;
  readonly slot: number;
  /** Prefix fingerprints (`promptMarks`) in order of the prompt; empty after a wipe. */
  readonly marks: readonly string[];
  /** Tokens that the slot holds in all. */
  readonly heldTokens: number;
}

export type NodeCommandKind = 'load' | 'unload' | 'download';

export type NodeCommand =
  | { readonly kind: 'load'; readonly modelId: string }
  | { readonly kind: 'unload'; readonly modelId: string }
  /** `model` as `pull` takes it. */
  | { readonly kind: 'download'; readonly model: string };

/** A model as a pool offers it to those who ask, whatever machines stand behind it. */
export interface PoolModel {
  readonly id: string;
  readonly name: string;
  readonly digest?: string;
  readonly contextLength: number;
  readonly capabilities: ModelCapabilities;
  readonly machines: number;
  readonly isReady: boolean;
  /** The least trusted machine that would answer a `trusted` request; tells who can read a prompt. */
  readonly trust: NodeTrust;
}
