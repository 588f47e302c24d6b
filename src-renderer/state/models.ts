import { create } from 'zustand';
import { MillpondError } from '../../src-main/core/error.ts';
import { api, events, onResync } from '../api.ts';
import type { InstalledModel } from '../api.ts';

interface ModelsState {
  /** Undefined until the first answer. */
  readonly models: readonly InstalledModel[] | undefined;
  readonly error: MillpondError | undefined;
}

export const useModels = create<ModelsState>()(() => ({ models: undefined, error: undefined }));

/** The list with one model replaced or added; the order by name is kept. */
export function withModel(
  models: readonly InstalledModel[],
  changed: InstalledModel,
): readonly InstalledModel[] {
  const rest = models.filter((model) => model.id !== changed.id);
  return [...rest, changed].toSorted(byName);
}

function byName(a: InstalledModel, b: InstalledModel): number {
  return a.name.localeCompare(b.name) || a.id.localeCompare(b.id);
}

function show(models: readonly InstalledModel[]): void {
  useModels.setState({ models: models.toSorted(byName), error: undefined });
}

export async function refreshModels(): Promise<void> {
  try {
    show((await api.models.list({})).models);
  } catch (thrown) {
    useModels.setState({ error: MillpondError.from(thrown) });
  }
}

/** Looks at the models folder again. Rejects with a `MillpondError`. */
export async function rescanModels(): Promise<void> {
  show((await api.models.rescan({})).models);
}

/** Keeps the list true while the window is open. */
export function followModels(): void {
  onResync(() => void refreshModels());
  events.models.onChanged(({ model }) => {
    useModels.setState(({ models }) => ({ models: withModel(models ?? [], model) }));
  });
  events.models.onRemoved(({ id }) => {
    useModels.setState(({ models }) => ({ models: models?.filter((model) => model.id !== id) }));
  });
}
