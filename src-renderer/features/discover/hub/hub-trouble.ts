import type { HubFreshness } from '../../../api.ts';
import { repairOf } from './problem.ts';
import type { Problem } from './problem.ts';

/** What is wrong with the hub as a whole: nothing came, or only what was known earlier. */
export type HubTrouble =
  | { readonly kind: 'problem'; readonly problem: Problem }
  | { readonly kind: 'stale'; readonly freshness: HubFreshness };

/** Whether a failure concerns the whole hub; said once for the page, not once for each list. */
export function concernsHub(problem: Problem): boolean {
  const repair = repairOf(problem);
  return repair === 'endpoint' || repair === 'closed';
}

/** The one trouble to tell, from the lists of a page. */
export function hubTrouble(
  problems: readonly (Problem | undefined)[],
  freshnesses: readonly (HubFreshness | undefined)[],
): HubTrouble | undefined {
  const problem = problems.find((known) => known !== undefined && concernsHub(known));
  if (problem !== undefined) return { kind: 'problem', problem };
  const freshness = freshnesses.find((known) => known?.isStale === true);
  return freshness && { kind: 'stale', freshness };
}
