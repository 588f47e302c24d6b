import type { InstalledModel } from '../../api.ts';
import type { SortState } from '../../ui/Table.tsx';

export type ModelColumn = 'name' | 'size' | 'context';
export type ModelSort = SortState<ModelColumn>;

/** The models whose name, id, quantization or architecture holds every word of the filter. */
export function filterModels(
  models: readonly InstalledModel[],
  filter: string,
): readonly InstalledModel[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  return models.filter((model) => {
    const text = [model.name, model.id, model.quantization, model.architecture]
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

function figureOf(model: InstalledModel, column: 'size' | 'context'): number | undefined {
  return column === 'size' ? model.sizeBytes : model.trainedContextLength;
}
