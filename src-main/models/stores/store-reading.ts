import type { Sampling } from '../../core/inference.ts';
import type { ModelOrigin, StoreKind } from '../../core/model.ts';
import type { ModelFile } from '../model-files.ts';
import type { NamedModel } from '../model-name.ts';

/** What decides where other programs keep their models. */
export interface StoreSurroundings {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly homeFolder: string;
  /** Where folders of the whole system begin; `/` unless given. */
  readonly systemRoot?: string;
}

/** What an Ollama model brings along besides its weights. */
export interface TakenAlong {
  readonly systemPrompt?: string;
  readonly sampling: Sampling;
  readonly stop: readonly string[];
  readonly contextLength?: number;
  /** In the syntax of Go, which only Ollama renders: our engines use the one inside the GGUF. */
  readonly template?: string;
  /** The licence's text as Ollama keeps it. */
  readonly licence?: string;
}

/** One model as another program's own files describe it. Nothing has been probed. */
export interface StoredModel {
  readonly file: ModelFile;
  readonly names: NamedModel;
  readonly origin?: ModelOrigin;
  /** SHA-256 as the store's own naming claims it, lower-case hex. */
  readonly digest?: string;
  /** Why only its own program can run it, in one sentence; absent when the files are ordinary. */
  readonly onlyThere?: string;
  readonly takenAlong?: TakenAlong;
}

/** One folder of another program. */
export interface StoreReading {
  readonly kind: StoreKind;
  readonly folder: string;
  readonly models: readonly StoredModel[];
  /** Why it could not be read, in one sentence. */
  readonly problem?: string;
  /** The one command that opens it. */
  readonly command?: string;
}

/** An empty variable counts as none. */
export function given(value: string | undefined): string | undefined {
  return value === undefined || value.trim() === '' ? undefined : value;
}
