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
