import type { LoadOptions, ModelManifest } from '../core/model.ts';
import type { ModelInspection } from './hosting/host-protocol.ts';
import type { MemoryNeed } from './manager/residency.ts';

/** The models of this machine, as the engine manager needs them. */
export interface InstalledModels {
  /** By id or alias; undefined when it is not installed. Read on every request: must be cheap. */
  find(name: string): ModelManifest | undefined;
}

/** Answers what a model is and what it would take, without loading it. */
export interface ModelProbe {
  /** Rejects with `model-load-failed` and one sentence when the file cannot be used. */
  inspect(path: string, options: LoadOptions, signal: AbortSignal): Promise<ModelInspection>;
}

/** What earlier loads of this machine teach about the next ones. */
export interface LoadForecast {
  /** The probe's prediction as this machine's own loads correct it. */
  correct(need: MemoryNeed): MemoryNeed;
  /** Tokens of one answer per second, about; undefined while nothing was measured. */
  predictedSpeed(inspection: ModelInspection): number | undefined;
  /** What a load took after its first answer, against the uncorrected prediction. */
  learnLoad(outcome: {
    readonly predicted: MemoryNeed;
    readonly measuredBytes: number;
    readonly measuredGpuBytes?: number;
  }): void;
  /** How fast an answer was that had the engine to itself. */
  learnSpeed(sample: {
    readonly bytesPerToken: number;
    readonly gpuShare: number;
    readonly tokensPerSecond: number;
  }): void;
}

/** Writes what an operator may need later. */
export interface EngineLog {
  info(data: object, sentence: string): void;
  warn(data: object, sentence: string): void;
  error(data: object, sentence: string): void;
}

/** The programs that speak the OpenAI API, as far as they can be told apart. */
export type AttachedServerKind = 'ollama' | 'lm-studio' | 'vllm' | 'llama-server' | 'openai';

/** A server that somebody else started, as a person attached it. Its keys are kept as a secret. */
export interface StoredAttachedServer {
  readonly id: string;
  readonly name: string;
  /** Without `/v1` and without a slash at the end. */
  readonly url: string;
  readonly kind: AttachedServerKind;
  /** A person's own names of its models, by the server's. */
  readonly names: Readonly<Record<string, string>>;
  /** The server's names of models that are not served. */
  readonly hidden: readonly string[];
  readonly createdAt: number;
}

export interface AttachedServerStore {
  /** Oldest first. */
  list(): Promise<readonly StoredAttachedServer[]>;
  /** Makes it or replaces the one of the same id. */
  save(server: StoredAttachedServer): Promise<void>;
  remove(id: string): Promise<void>;
}

/** Values that are never shown again. */
export interface Secrets {
  read(name: string): Promise<string | undefined>;
  /** `undefined` removes it. */
  write(name: string, value: string | undefined): Promise<void>;
}
