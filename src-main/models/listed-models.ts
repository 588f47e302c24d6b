import type { LibraryCache } from './library-cache.ts';
import { mergeModels } from './merge-models.ts';
import { originNames } from './model-name.ts';
import { originOf } from './origins.ts';
import type { Origins } from './origins.ts';
import type { OwnLists } from './own-lists.ts';
import type { ShelvedModel } from './shelved-model.ts';
import type { StoreReading } from './stores/store-reading.ts';

/** What is known besides what lies on the disk. */
export interface ListContext {
  readonly cache: LibraryCache;
  readonly origins: Origins;
  readonly lists: OwnLists;
  /** The last look at each program's folders, whether they are used or not. */
  readonly readings: readonly StoreReading[];
  /** Paths of models that a person is about to delete. */
  readonly hidden: ReadonlySet<string>;
}

/** The models that a person sees, each once: with origin, all their names, and who else uses them. */
export function listModels(
  scanned: readonly ShelvedModel[],
  context: ListContext,
): readonly ShelvedModel[] {
  const { cache, origins, readings } = context;
  const listed = scanned.filter((model) => isListed(model, context));
  const known = listed.map((model) => withOrigin(model, origins, cache));
  const merged = mergeModels(known, (model) => model.digest ?? cache.about(model.file)?.digest);
  return merged.map((model) => withUsers(model, readings));
}

/** A file of another program appears once it has proven usable; `FoundStores` tells of the others. */
function isListed(model: ShelvedModel, { cache, lists, hidden }: ListContext): boolean {
  const { file, source, problem, onlyThere } = model;
  if (hidden.has(file.path) || lists.isUnlisted(file.path)) return false;
  if (source !== 'found') return true;
  const isUsable = problem === undefined && onlyThere === undefined;
  return isUsable && cache.about(file)?.facts !== undefined;
}

/** With where it came from, and the digest that was proved when it came. */
export function withOrigin(
  model: ShelvedModel,
  origins: Origins,
  cache: LibraryCache,
): ShelvedModel {
  const record = origins.of(model.file, model.digest ?? cache.about(model.file)?.digest);
  const origin = record === undefined ? model.origin : originOf(record);
  if (origin === undefined) return model;
  const digest = model.digest ?? record?.digest;
  return {
    ...model,
    origin,
    names: originNames(model.names, origin.repo),
    ...(digest !== undefined && { digest }),
  };
}

function withUsers(model: ShelvedModel, readings: readonly StoreReading[]): ShelvedModel {
  const { identity } = model.file;
  const using = readings.filter(({ models }) =>
    models.some(({ file }) => file.identity === identity),
  );
  const users = new Set([...model.usedBy, ...using.map(({ kind }) => kind)]);
  if (model.store !== undefined) users.delete(model.store);
  return { ...model, usedBy: [...users] };
}
