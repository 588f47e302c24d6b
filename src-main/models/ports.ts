import type { LoadOptions, ModelFacts } from '../core/model.ts';
import type { HubFileAddress } from './hub/hub-repo.ts';

/** Reads what a model file is, outside this process. */
export interface ModelInspector {
  /** Rejects with `model-load-failed` and one sentence when the file cannot be used. */
  inspect(
    path: string,
    options: LoadOptions,
    signal: AbortSignal,
  ): Promise<{ readonly facts: ModelFacts }>;
}

/** Reads whole files away from the event loop; `hashing/file-hasher.ts` does. */
export interface ContentHasher {
  /** SHA-256 over the files in order, lower-case hex. `onProgress` tells the bytes read so far. */
  digest(
    paths: readonly string[],
    options: { readonly signal?: AbortSignal; readonly onProgress?: (doneBytes: number) => void },
  ): Promise<string>;
  /** A short check for each block of a file, the last block shorter. */
  blocks(
    path: string,
    blockBytes: number,
    options: { readonly signal?: AbortSignal },
  ): Promise<readonly string[]>;
}

/** Bytes of a file from `start` up to but without `end`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** A file of which some ranges are wrong, and where the right ones are. */
export interface DamagedFile {
  readonly path: string;
  readonly address: HubFileAddress;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly badRanges: readonly ByteRange[];
}

/** Fetches wrong ranges again, in place and safely; rejects with one sentence and leaves the file as it was. */
export interface FileRepairer {
  repair(
    file: DamagedFile,
    options: { readonly signal: AbortSignal; readonly onProgress?: (doneBytes: number) => void },
  ): Promise<void>;
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
