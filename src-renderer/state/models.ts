import { create } from 'zustand';
import { MillpondError } from '../../src-main/core/error.ts';
import { api, events, onResync } from '../api.ts';
import type { InstalledModel, ModelFolder, StoreKind } from '../api.ts';
import { createToldLast } from './told-last.ts';

interface ModelsState {
  /** Undefined until the first answer. */
  readonly models: readonly InstalledModel[] | undefined;
  /** Where they are looked for; empty until the first answer. */
  readonly folders: readonly ModelFolder[];
  readonly error: MillpondError | undefined;
}

export const useModels = create<ModelsState>()(() => ({
  models: undefined,
  folders: [],
  error: undefined,
}));

const { answer, told } = createToldLast();

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

function show({ models }: { readonly models: readonly InstalledModel[] }): void {
  useModels.setState({ models: models.toSorted(byName), error: undefined });
}

export async function refreshModels(): Promise<void> {
  try {
    await answer(api.models.list({}), ({ models, folders }) => {
      show({ models });
      useModels.setState({ folders });
    });
  } catch (thrown) {
    useModels.setState({ error: MillpondError.from(thrown) });
  }
}

/** Looks at the model folders again. Rejects with a `MillpondError`. */
export async function rescanModels(): Promise<void> {
  await answer(api.models.rescan({}), show);
  // Which folders exist may have changed as well.
  await refreshModels();
}

/** Uses the files of these programs where they are, and of no others. Rejects with a `MillpondError`. */
export async function applyStores(kinds: readonly StoreKind[]): Promise<void> {
  await answer(api.models.useStores({ kinds: [...kinds] }), show);
}

/** Shows a model that the runtime has just described, before its announcement arrives. */
export function showModel(model: InstalledModel): void {
  useModels.setState(({ models }) => ({ models: withModel(models ?? [], model) }));
}

/** Takes a model off the list, before its announcement arrives. */
export function hideModel(id: string): void {
  useModels.setState(({ models }) => ({ models: models?.filter((model) => model.id !== id) }));
}

/** Keeps the list true while the window is open. */
export function followModels(): void {
  onResync(() => void refreshModels());
  events.models.onChanged(({ model }) => {
    told(() => {
      showModel(model);
    });
  });
  events.models.onRemoved(({ id }) => {
    told(() => {
      hideModel(id);
    });
  });
}
