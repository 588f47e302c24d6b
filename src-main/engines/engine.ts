import type { InferenceBackend } from '../core/inference.ts';
import type { LoadOptions, ModelCapabilities, ModelManifest } from '../core/model.ts';

/** What a loaded engine turned out to be. */
export interface EngineFacts {
  readonly capabilities: ModelCapabilities;
  /** Tokens of one slot. */
  readonly contextLength: number;
  readonly slots: number;
  /** Bytes of weights and contexts, as the engine counts them. */
  readonly memoryBytes: number;
  /** What the driver says that the load took of graphics memory; absent where none tells. */
  readonly gpuMemoryBytes?: number;
  /** Where it runs in plain words: `CPU, 3 threads` or `NVIDIA RTX 4090, 33 of 33 layers`. */
  readonly device: string;
  /** Said to people: for example that it fell back to the CPU. */
  readonly notice?: string;
}

/** How an engine ended. Both fields are absent when it was asked to. */
export interface EngineClosure {
  /** Completes "it stopped: …" in plain words. */
  readonly reason?: string;
  /** The newest lines its process wrote, oldest first. */
  readonly logTail?: readonly string[];
}

export interface SlotReport {
  readonly slot: number;
  readonly isBusy: boolean;
  readonly tenant?: string;
  /** Tokens whose state the slot holds. */
  readonly heldTokens: number;
  /**
   * SHA-256 over the held token ids (little-endian 32-bit numbers), while the slot is free: proves
   * which exact sequence the engine evaluated. Diagnosis and tests read it; it names no text.
   */
  readonly heldDigest?: string;
  readonly marks: readonly string[];
}

/** One loaded model. `infer` may be called as often as there are slots; more calls wait inside. */
export interface InferenceEngine extends InferenceBackend {
  readonly facts: EngineFacts;
  /** Resolves when the engine is gone; the reason is absent after `dispose`. Never rejects. */
  readonly closed: Promise<EngineClosure>;
  /** Bytes the whole engine process takes now; undefined while unknown. */
  residentBytes(): number | undefined;
  slots(): readonly SlotReport[];
  /** Calls back when `slots` says something else. Absent: it never does. */
  onSlots?(listener: () => void): void;
  countTokens(text: string, signal: AbortSignal): Promise<number>;
  /** Ends running answers, frees the memory. Resolves when the process is gone. */
  dispose(): Promise<void>;
}

export interface LoadRequest {
  readonly model: ModelManifest;
  readonly options: LoadOptions;
  readonly onProgress: (share: number) => void;
  readonly signal: AbortSignal;
}

export interface EngineFactory {
  /** Rejects with `model-load-failed` or `out-of-memory` and a sentence a person understands. */
  load(request: LoadRequest): Promise<InferenceEngine>;
}
