import type { StoreKind } from '../core/model.ts';
import type { NamedModel } from './model-name.ts';
import type { ShelvedModel } from './shelved-model.ts';

/**
 * Gives every model an id of its own, in the order in which they come. A second one that claims a
 * taken id is named by its path, and by a number where even that is taken.
 */
export function settleIds(models: readonly ShelvedModel[]): readonly ShelvedModel[] {
  const taken = new Set<string>();
  return models.map((model) => {
    const byPath = model.file.segments.join('/').replace(/\.gguf$/i, '');
    const { id: claimed } = model.names;
    const numbered = Array.from({ length: 100 }, (_, number) => `${claimed}~${number + 2}`);
    const isFree = (id: string): boolean => id !== '' && !taken.has(id.toLowerCase());
    const id = [claimed, byPath, ...numbered].find(isFree) ?? model.file.path;
    taken.add(id.toLowerCase());
    return id === claimed
      ? model
      : { ...model, names: { id, name: model.names.name, aliases: [] } };
  });
}

/**
 * Leaves one of those that are the very same file, or that have the same digest: the first that is
 * there. It answers to the others' names too, and says which other programs use its file.
 */
export function mergeModels(
  models: readonly ShelvedModel[],
  digestOf: (model: ShelvedModel) => string | undefined,
): readonly ShelvedModel[] {
  const present = models.toSorted((a, b) => Number(a.isAway) - Number(b.isAway));
  const sameFile = mergeBy(present, ({ file }) => file.identity, true);
  const merged = mergeBy(sameFile, digestOf, false);
  const order = new Map(models.map(({ file }, place) => [file.path, place]));
  const placeOf = ({ file }: ShelvedModel): number => order.get(file.path) ?? 0;
  return merged.toSorted((a, b) => placeOf(a) - placeOf(b));
}

function mergeBy(
  models: readonly ShelvedModel[],
  keyOf: (model: ShelvedModel) => string | undefined,
  isSameFile: boolean,
): readonly ShelvedModel[] {
  const groups = Map.groupBy(models, (model) => keyOf(model) ?? model);
  return [...groups.values()].flatMap(([first, ...others]) =>
    first === undefined ? [] : [others.reduce((a, b) => join(a, b, isSameFile), first)],
  );
}

function join(kept: ShelvedModel, other: ShelvedModel, isSameFile: boolean): ShelvedModel {
  const origin = kept.origin ?? other.origin;
  const digest = kept.digest ?? other.digest;
  const takenAlong = kept.takenAlong ?? other.takenAlong;
  const projectorPath = kept.file.projectorPath ?? other.file.projectorPath;
  return {
    ...kept,
    file: { ...kept.file, ...(projectorPath !== undefined && { projectorPath }) },
    names: withAliases(kept.names, [other.names.id, ...other.names.aliases]),
    // A copy elsewhere is not harmed by deleting this one.
    usedBy: isSameFile ? usersOf(kept, other) : kept.usedBy,
    ...(origin !== undefined && { origin }),
    ...(digest !== undefined && { digest }),
    ...(takenAlong !== undefined && { takenAlong }),
  };
}

function usersOf(kept: ShelvedModel, other: ShelvedModel): readonly StoreKind[] {
  const users = [...kept.usedBy, ...other.usedBy, ...(other.store ? [other.store] : [])];
  return [...new Set(users)].filter((user) => user !== kept.store);
}

function withAliases(names: NamedModel, more: readonly string[]): NamedModel {
  const aliases = new Set([...names.aliases, ...more]);
  aliases.delete(names.id);
  return { ...names, aliases: [...aliases] };
}
