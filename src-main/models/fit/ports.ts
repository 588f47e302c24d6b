import type { LoadOptions, ModelFacts } from '../../core/model.ts';
import type { FitLimits, FitSubject } from './fit.ts';

/** The header of a model that is not here: of each of its files, in order. */
export interface ModelHeader {
  readonly parts: readonly {
    readonly path: string;
    readonly headerBytes: number;
    readonly totalBytes: number;
  }[];
}

/** What the engine's probe says of a model with some options. */
export interface Inspection extends FitSubject {
  readonly facts: ModelFacts;
  /** Weights that are read for each token of an answer. */
  readonly bytesPerToken: number;
}

/** Plans loads in a process of its own; loads nothing. */
export interface FitProbe {
  /** Rejects with `model-load-failed` and one sentence when the file cannot be used. */
  inspect(path: string, options: LoadOptions, signal: AbortSignal): Promise<Inspection>;
  inspectHeader(
    header: ModelHeader,
    options: LoadOptions,
    signal: AbortSignal,
  ): Promise<Inspection>;
  /** Bytes of main memory that so many threads read per second. */
  readSpeed(threads: number, signal: AbortSignal): Promise<number>;
}

/** The part of the machine that predictions depend on. */
export interface FitMachine {
  limits(): FitLimits;
  /** Names of the graphics cards that engines use, in their order. */
  gpuNames(): readonly string[];
  /** Changes with the processor and the cards: what was learnt before does not count then. */
  fingerprint(): string;
  /** Threads of an engine whose options name none. */
  threads(): number;
}

/** Keeps what was learnt, as JSON text. */
export interface ExperienceStore {
  /** Undefined when nothing was kept. */
  load(): Promise<string | undefined>;
  save(text: string): Promise<void>;
}
