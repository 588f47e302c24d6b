import { create } from 'zustand';
import { api } from '../../api.ts';
import type { FitView, InstalledModel } from '../../api.ts';
import { optionsKey } from './options/load-draft.ts';
import type { LoadOptions } from './options/load-draft.ts';

interface FitsState {
  /** By model and the options it would be loaded with. */
  readonly fits: ReadonlyMap<string, FitView>;
  /** What could not be worked out; not asked again until something changes. */
  readonly failed: ReadonlySet<string>;
}

const nothing: FitsState = { fits: new Map(), failed: new Set() };

/** What the models of this machine would take with the options chosen for them. Loads nothing. */
export const useFits = create<FitsState>()(() => nothing);

export function fitKey(id: string, options: LoadOptions): string {
  return `${id} ${optionsKey(options)}`;
}

/** After the limits or the cards changed, or when somebody looks again, all is worked out anew. */
export function forgetFits(): void {
  useFits.setState(nothing);
}

/** Works out one fit and remembers it; a failure is remembered too and shows as no word at all. */
export async function learnFit(
  { id, options }: Pick<InstalledModel, 'id' | 'options'>,
  signal: AbortSignal,
): Promise<void> {
  const key = fitKey(id, options);
  try {
    const fit = await api.models.predict({ id, options }, { signal });
    useFits.setState(({ fits }) => ({ fits: new Map(fits).set(key, fit) }));
  } catch {
    // The row says what is wrong with the model; a missing prediction is only a missing word.
    if (signal.aborted) return;
    useFits.setState(({ failed }) => ({ failed: new Set(failed).add(key) }));
  }
}

/** The next model whose fit is of interest and unknown: one that could be loaded and is not. */
export function nextWithoutFit(
  models: readonly InstalledModel[],
  { fits, failed }: FitsState,
): InstalledModel | undefined {
  return models.find((model) => {
    const key = fitKey(model.id, model.options);
    return wantsFit(model) && !fits.has(key) && !failed.has(key);
  });
}

function wantsFit({ source, problem, state }: InstalledModel): boolean {
  const isAtRest = state.phase === 'installed' || state.phase === 'failed';
  return source !== 'attached' && problem === undefined && isAtRest;
}
