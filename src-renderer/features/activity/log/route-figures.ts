import type { RouteDecision } from '../../../api.ts';

export type Candidate = RouteDecision['candidates'][number];

/** Parts of an expected time, in the order in which they would happen. */
export const routeParts = ['load', 'wait', 'prefill', 'decode', 'roundTrip', 'penalty'] as const;
export type RoutePart = (typeof routeParts)[number];

export interface PartShare {
  readonly part: RoutePart;
  readonly ms: number;
  /** Of the longest candidate's time, so that bars can be compared; from 0 to 1. */
  readonly share: number;
}

/** What an answer there would have taken, part by part; parts that are nothing are left out. */
export function partsOf(candidate: Candidate, longestMs: number): readonly PartShare[] {
  const times: Readonly<Record<RoutePart, number | undefined>> = {
    load: candidate.loadMs,
    wait: candidate.waitMs,
    prefill: candidate.prefillMs,
    decode: candidate.decodeMs,
    roundTrip: candidate.roundTripMs,
    penalty: candidate.penaltyMs,
  };
  return routeParts.flatMap((part) => {
    const ms = times[part] ?? 0;
    return ms > 0 && longestMs > 0 ? [{ part, ms, share: ms / longestMs }] : [];
  });
}

/** The longest expected time among candidates; 0 where nothing was reckoned. */
export function longestOf({ candidates }: RouteDecision): number {
  return Math.max(0, ...candidates.map(({ expectedMs }) => expectedMs ?? 0));
}

type AliasMember = NonNullable<RouteDecision['alias']>['members'][number];

/** Who was chosen at last: behind an alias each member that was asked had a choice of its own. */
export function chosenOf({ candidates }: RouteDecision): Candidate | undefined {
  return candidates.findLast(({ isChosen }) => isChosen);
}

/** Those that could be asked for the same model, the candidate among them. */
export function rivalsOf({ model }: Candidate, route: RouteDecision): readonly Candidate[] {
  return route.candidates.filter((each) => each.excluded === undefined && each.model === model);
}

/** Whether it was faster than all that could be asked: it is not where the fastest had no room. */
export function isSoonest(candidate: Candidate, route: RouteDecision): boolean {
  const { expectedMs = Infinity } = candidate;
  return rivalsOf(candidate, route).every(
    ({ expectedMs: other = Infinity }) => expectedMs <= other,
  );
}

/** What became of the member that a candidate was looked at for; undefined without an alias. */
export function outcomeOf(
  { model }: Candidate,
  { alias }: RouteDecision,
): AliasMember['outcome'] | undefined {
  return alias?.members.find((member) => member.model === model)?.outcome;
}

/** Members of the alias that came to nothing before another one answered, in order. */
export function membersBefore({ alias }: RouteDecision): readonly AliasMember[] {
  const members = alias?.members ?? [];
  const answered = members.findIndex(({ outcome }) => outcome === 'answered');
  return members.slice(0, Math.max(0, answered));
}

/** Tokens that were out when the answer moved for the last time. */
export function tokensBeforeMove({ attempts }: RouteDecision): number {
  const moved = attempts.findLastIndex(({ pauseMs }) => pauseMs !== undefined);
  return attempts.slice(0, Math.max(0, moved)).reduce((sum, { tokens }) => sum + tokens, 0);
}

/** The chosen one first, then by expected time, those that were not considered last. */
export function inOrder({ candidates }: RouteDecision): readonly Candidate[] {
  const rank = ({ isChosen, excluded }: Candidate) =>
    isChosen ? 0 : excluded === undefined ? 1 : 2;
  return candidates.toSorted(
    (a, b) => rank(a) - rank(b) || (a.expectedMs ?? Infinity) - (b.expectedMs ?? Infinity) || 0,
  );
}
