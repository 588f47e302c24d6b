import { isUsable, runsElsewhere } from '../../chat/state/model-choice.ts';
import type { ChatModel } from '../../chat/types.ts';

/** Models that a snippet can name, the nearest first. */
export function snippetModels(models: readonly ChatModel[]): readonly ChatModel[] {
  return models.filter(isUsable).toSorted((a, b) => distanceOf(a) - distanceOf(b));
}

/**
 * The model of a snippet until somebody chooses: one that is ready, else the default, else any. What other
 * people's machines or another company answer comes last: nobody should send words away by pasting an
 * example.
 */
export function snippetModel(
  models: readonly ChatModel[],
  defaultModel: string | undefined,
): string {
  const all = snippetModels(models);
  const near = all.filter((model) => distanceOf(model) < 2);
  const usable = near.length > 0 ? near : all;
  const preferred = usable.find((model) => model.id === defaultModel);
  const isReady = (model: ChatModel) => model.state.phase === 'ready';
  const chosen =
    preferred !== undefined && isReady(preferred)
      ? preferred
      : (usable.find(isReady) ?? preferred ?? usable[0]);
  return chosen?.id ?? defaultModel ?? 'guide';
}

/** 0 for our own engines, 1 for another server, 2 for a pool, 3 for a server that hands the words on. */
function distanceOf(model: ChatModel): number {
  if (runsElsewhere(model)) return 3;
  if (model.pool !== undefined) return 2;
  return model.server === undefined ? 0 : 1;
}
