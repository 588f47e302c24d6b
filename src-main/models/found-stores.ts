import { MillpondError } from '../core/error.ts';
import type { ModelFacts, StoreKind } from '../core/model.ts';
import { findFileProblem } from './library-scan.ts';
import { readFacts } from './library-study.ts';
import { notALanguageModel } from './mlx-folder.ts';
import type { ModelLibrary } from './model-library.ts';
import type { ModelInspector } from './ports.ts';
import type { StoredModel, StoreReading, TakenAlong } from './stores/store-reading.ts';

/** A model of another program, and how it can be used here. */
export interface FoundModel {
  readonly name: string;
  readonly path: string;
  readonly sizeBytes: number;
  /**
   * - `in-place` our engines read it as it is · `through-server` only the running Ollama can answer with it
   * - `needs-file` a download of about `neededBytes` would make it usable · `unusable` with `problem`
   */
  readonly use: 'in-place' | 'through-server' | 'needs-file' | 'unusable';
  readonly neededBytes?: number;
  /** Why it cannot be used as it is, and what to do, in one sentence. */
  readonly problem?: string;
  readonly facts?: ModelFacts;
  /** What Ollama keeps besides the weights; to be offered as preferences of the model. */
  readonly takenAlong?: TakenAlong;
}

/** One folder of another program. A program may have several. */
export interface FoundStore {
  readonly kind: StoreKind;
  readonly folder: string;
  /** Its models are used in place. */
  readonly isUsed: boolean;
  readonly models: readonly FoundModel[];
  /** On the disk, each file once. */
  readonly sizeBytes: number;
  readonly problem?: string;
  readonly command?: string;
}

interface FoundStoresDeps {
  readonly library: ModelLibrary;
  readonly inspector: ModelInspector;
  /** Programs whose server answers right now. */
  readonly runningServers: () => readonly StoreKind[];
}

/** More than anybody keeps; a strange tree must not keep the probe busy for hours. */
const maxModels = 1000;

/** Tells what other programs keep on this disk and what of it can be used. Copies and changes nothing. */
export class FoundStores {
  private readonly deps: FoundStoresDeps;

  constructor(deps: FoundStoresDeps) {
    this.deps = deps;
  }

  /** Looks again. Files that are new are probed, one after the other. */
  async look(signal: AbortSignal): Promise<readonly FoundStore[]> {
    const readings = await this.deps.library.readStores();
    const found: FoundStore[] = [];
    for (const reading of readings) {
      signal.throwIfAborted();
      found.push(await this.describe(reading, signal));
    }
    // A cache full of other things is nobody's business here.
    return found.filter(({ models, problem }) => models.length > 0 || problem !== undefined);
  }

  private async describe(reading: StoreReading, signal: AbortSignal): Promise<FoundStore> {
    const { kind, folder, problem, command } = reading;
    const unique = new Map(
      reading.models.toReversed().map((model) => [model.file.identity, model]),
    );
    const models: FoundModel[] = [];
    for (const model of [...unique.values()].toReversed().slice(0, maxModels)) {
      const found = await this.classify(kind, model, signal);
      if (found) models.push(found);
    }
    return {
      ...{ kind, folder, models, isUsed: this.deps.library.isStoreUsed(kind) },
      sizeBytes: models.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
      ...(problem !== undefined && { problem }),
      ...(command !== undefined && { command }),
    };
  }

  /** Undefined for what is no language model at all. */
  private async classify(
    kind: StoreKind,
    model: StoredModel,
    signal: AbortSignal,
  ): Promise<FoundModel | undefined> {
    const { file, names, takenAlong } = model;
    const base = {
      ...{ name: names.name, path: file.path, sizeBytes: file.sizeBytes },
      ...(takenAlong && { takenAlong }),
    };
    const problem = await findFileProblem(file, names.name);
    if (file.missingParts > 0 && file.missingBytes > 0) {
      const neededBytes = file.missingBytes;
      return { ...base, use: 'needs-file', neededBytes, ...(problem !== undefined && { problem }) };
    }
    if (problem !== undefined) return { ...base, use: 'unusable', problem };
    if (model.onlyThere !== undefined) return { ...base, ...this.throughServer(kind, model) };
    try {
      return { ...base, use: 'in-place', facts: await this.factsOf(model, signal) };
    } catch (error) {
      signal.throwIfAborted();
      const { message, reason } = MillpondError.from(error);
      if (reason === notALanguageModel) return undefined;
      if (kind === 'ollama') return { ...base, ...this.throughServer(kind, model) };
      return { ...base, use: 'unusable', problem: message };
    }
  }

  /** Newer exports of Ollama hold tensors that llama.cpp does not know. */
  private throughServer(
    kind: StoreKind,
    { file, names, onlyThere }: StoredModel,
  ): Pick<FoundModel, 'use' | 'neededBytes' | 'problem'> {
    if (this.deps.runningServers().includes(kind)) return { use: 'through-server' };
    const why = onlyThere ?? `${names.name} was made for Ollama and loads nowhere else`;
    return {
      use: 'needs-file',
      neededBytes: file.sizeBytes,
      problem: `${why}; start Ollama, or download the model as an ordinary GGUF file`,
    };
  }

  private async factsOf(model: StoredModel, signal: AbortSignal): Promise<ModelFacts> {
    const { library, inspector } = this.deps;
    const known = library.knowledge(model.file);
    if (known?.facts !== undefined) return known.facts;
    if (known?.problem !== undefined) throw new MillpondError('model-load-failed', known.problem);
    try {
      const facts = await readFacts(model, inspector, signal);
      library.learn(model.file, { facts });
      return facts;
    } catch (error) {
      signal.throwIfAborted();
      const { message, reason } = MillpondError.from(error);
      if (reason !== notALanguageModel) library.learn(model.file, { problem: message });
      throw error;
    }
  }
}
