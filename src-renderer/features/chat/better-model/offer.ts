import type { HubFreshness, InstalledModel, Starter } from '../../../api.ts';
import { isForChat } from '../state/model-choice.ts';

/** Whether Guide is the only model that could be asked in a chat. */
export function hasOnlyGuide(models: readonly InstalledModel[] | undefined): boolean {
  const usable = models?.filter((model) => isForChat(model) && model.problem === undefined) ?? [];
  return usable.length > 0 && usable.every((model) => model.source === 'bundled');
}

/**
 * The starter to offer; undefined while nothing can be promised: the hub was not reached, or nobody
 * knows yet that the model fits here.
 */
export function offeredStarter(
  starters: readonly Starter[] | undefined,
  freshness: HubFreshness | undefined,
): Starter | undefined {
  if (freshness === undefined || freshness.isStale) return undefined;
  const best = starters?.find((starter) => starter.isRecommended);
  return best?.fit === undefined || best.fit.verdict === 'too-big' ? undefined : best;
}
