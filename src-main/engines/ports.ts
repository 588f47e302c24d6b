import type { LoadOptions, ModelManifest } from '../core/model.ts';
import type { ModelInspection } from './hosting/host-protocol.ts';

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
