import type { LoadOptions, ModelFacts } from '../core/model.ts';

/** Reads what a model file is, outside this process. */
export interface ModelInspector {
  /** Rejects with `model-load-failed` and one sentence when the file cannot be used. */
  inspect(
    path: string,
    options: LoadOptions,
    signal: AbortSignal,
  ): Promise<{ readonly facts: ModelFacts }>;
}

/** Writes what an operator may need later. */
export interface LibraryLog {
  info(data: object, sentence: string): void;
  warn(data: object, sentence: string): void;
}

/** What a person chose for one model. */
export interface ModelPreferences {
  /** Empty where the engine decides. */
  readonly options: LoadOptions;
  /** Sent in front of every chat with this model that has no system prompt of its own; empty: none. */
  readonly systemPrompt: string;
}

/** Choices per model id at rest; implemented by `storage/model-preferences-store.ts`. */
export interface ModelPreferencesStore {
  /** Every model that has any preference. */
  list(): Promise<ReadonlyMap<string, ModelPreferences>>;
  /** Replaces what was chosen for this model. */
  save(modelId: string, preferences: ModelPreferences): Promise<void>;
}
