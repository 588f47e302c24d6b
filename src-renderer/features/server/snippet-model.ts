import type { InstalledModel } from '../../api.ts';

/**
 * The model to show in a snippet: one that can chat and is ready, else the default, else any. What a
 * server elsewhere answers comes last: nobody should send words away by pasting an example.
 */
export function snippetModel(
  models: readonly InstalledModel[],
  defaultModel: string | undefined,
): string {
  const usable = models
    .filter((model) => model.problem === undefined && model.capabilities?.chat !== false)
    .toSorted((a, b) => distanceOf(a) - distanceOf(b));
  const preferred = usable.find((model) => model.id === defaultModel);
  const isReady = (model: InstalledModel) => model.state.phase === 'ready';
  const chosen =
    preferred !== undefined && isReady(preferred)
      ? preferred
      : (usable.find(isReady) ?? preferred ?? usable[0]);
  return chosen?.id ?? defaultModel ?? 'guide';
}

/** 0 for our own engines, 1 for another server, 2 for one that hands the words on. */
function distanceOf({ server }: InstalledModel): number {
  return server === undefined ? 0 : server.runsElsewhere ? 2 : 1;
}
