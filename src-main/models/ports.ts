import type { LoadOptions } from '../core/model.ts';

/** What a person chose for one model. */
export interface ModelPreferences {
  /** Empty where the engine decides. */
  readonly options: LoadOptions;
  /** Sent in front of every chat with this model that has no system prompt of its own; empty: none. */
  readonly systemPrompt: string;
}

/** Choices per model id at rest. */
export interface ModelPreferencesStore {
  /** Every model that has any preference. */
  list(): Promise<ReadonlyMap<string, ModelPreferences>>;
  /** Replaces what was chosen for this model. */
  save(modelId: string, preferences: ModelPreferences): Promise<void>;
}
