import type { ModelManifest, ModelOrigin, StoreKind } from '../core/model.ts';
import type { FileKnowledge } from './library-cache.ts';
import type { ModelFile } from './model-files.ts';
import type { NamedModel } from './model-name.ts';
import type { TakenAlong } from './stores/store-reading.ts';

/** A model where it lies, with the names it answers to. */
export interface ShelvedModel {
  readonly file: ModelFile;
  readonly names: NamedModel;
  readonly source: ModelManifest['source'];
  /** The folder that was searched; absent for a linked model. */
  readonly root?: string;
  /** The path in the list of links, where it lies outside every folder. */
  readonly linkPath?: string;
  /** The program that keeps it. */
  readonly store?: StoreKind;
  /** Other programs in whose folders the very same file lies. */
  readonly usedBy: readonly StoreKind[];
  readonly origin?: ModelOrigin;
  /** SHA-256 as its place or its origin tells; a study finds out the others. */
  readonly digest?: string;
  /** Why only its own program can run it. */
  readonly onlyThere?: string;
  readonly takenAlong?: TakenAlong;
  /** Its disk or folder is not there now. */
  readonly isAway: boolean;
  /** What is wrong at first sight, in one sentence. */
  readonly problem?: string;
}

/** What everybody else sees of it. */
export function manifestOf(model: ShelvedModel, known: FileKnowledge | undefined): ModelManifest {
  const { file, names, source, store, usedBy, origin } = model;
  const digest = model.digest ?? known?.digest;
  const problem = model.problem ?? known?.problem;
  return {
    id: names.id,
    name: names.name,
    format: file.format,
    path: file.path,
    sizeBytes: file.sizeBytes,
    source,
    ...(store !== undefined && { store }),
    ...(usedBy.length > 0 && { usedBy }),
    ...(origin !== undefined && { origin }),
    ...(file.projectorPath !== undefined && { projectorPath: file.projectorPath }),
    ...(digest !== undefined && { digest }),
    ...(known?.facts !== undefined && { facts: known.facts }),
    ...(problem !== undefined && { problem }),
  };
}
