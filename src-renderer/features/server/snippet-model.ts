import type { InstalledModel } from '../../api.ts';

/** The model to show in a snippet: one that can chat and is ready, else the default, else any. */
export function snippetModel(
  models: readonly InstalledModel[],
  defaultModel: string | undefined,
): string {
  const usable = models.filter(
    (model) => model.problem === undefined && model.capabilities?.chat !== false,
  );
  const preferred = usable.find((model) => model.id === defaultModel);
  const isReady = (model: InstalledModel) => model.state.phase === 'ready';
  const chosen =
    preferred !== undefined && isReady(preferred)
      ? preferred
      : (usable.find(isReady) ?? preferred ?? usable[0]);
  return chosen?.id ?? defaultModel ?? 'guide';
}
