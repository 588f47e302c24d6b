import type { InstalledModel } from '../../api.ts';
import type { SortState } from '../../ui/Table.tsx';
import { storeName } from './store-names.ts';

export type ModelColumn = 'name' | 'size' | 'context' | 'lastUsed';
export type ModelSort = SortState<ModelColumn>;

/** The models whose name, id, quantization, architecture or keeper holds every word of the filter. */
export function filterModels(
  models: readonly InstalledModel[],
  filter: string,
): readonly InstalledModel[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  return models.filter((model) => {
    const text = [
      ...[model.name, model.id, model.quantization],
      model.architecture,
      keeperOf(model),
    ]
      .join(' ')
      .toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** In the order of a column; equal ones by name. Unknown values come last either way. */
export function sortModels(
  models: readonly InstalledModel[],
  { column, direction }: ModelSort,
): readonly InstalledModel[] {
  const sign = direction === 'ascending' ? 1 : -1;
  return models.toSorted((a, b) => {
    const byName = a.name.localeCompare(b.name) || a.id.localeCompare(b.id);
    if (column === 'name') return sign * byName;
    const [left, right] = [figureOf(a, column), figureOf(b, column)];
    if (left === undefined || right === undefined) {
      return Number(left === undefined) - Number(right === undefined) || byName;
    }
    return sign * (left - right) || byName;
  });
}

function figureOf(model: InstalledModel, column: Exclude<ModelColumn, 'name'>): number | undefined {
  switch (column) {
    case 'size':
      return model.sizeBytes;
    case 'context':
      return model.trainedContextLength;
    case 'lastUsed':
      return lastUseOf(model);
  }
}

/** When it answered last, in epoch milliseconds; undefined where nobody knows. */
export function lastUseOf({ loaded, lastUsedAt }: InstalledModel): number | undefined {
  return loaded?.lastUsedAt ?? lastUsedAt;
}

/** Who keeps its files, as a name that is the same in every language; undefined for Millpond itself. */
export function keeperOf({ server, store }: InstalledModel): string | undefined {
  return server?.name ?? (store === undefined ? undefined : storeName[store]);
}

/** Bytes on this machine's disks; models of other servers take none. */
export function diskUse(models: readonly InstalledModel[]): number {
  return models.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0);
}
