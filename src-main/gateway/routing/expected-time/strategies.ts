import type { InferenceRequest } from '../../../core/inference.ts';
import type { Upstream } from '../../ports.ts';
import { BoundedMap } from './bounded-map.ts';
import { assumedSlots } from './estimate.ts';
import { modelKeyOf } from './ranking.ts';
import type { InFlightOf, RankedUpstream, Strategy } from './ranking.ts';
import { hashText, liking } from './rendezvous.ts';

/** Conversations whose machine `sticky` remembers; the one asked on longest ago is forgotten. */
const maxConversations = 10_000;

/** One after the other by their ids, whatever they are doing. */
export function createRoundRobin(): Strategy {
  let last: Upstream | undefined;
  return {
    rank(_, candidates) {
      const sorted = candidates.toSorted(byId);
      const next = last;
      const first = next
        ? Math.max(
            0,
            sorted.findIndex((each) => byId(each, next) > 0),
          )
        : 0;
      return plain([...sorted.slice(first), ...sorted.slice(0, first)]);
    },
    chosen(_, choice) {
      last = choice.upstream;
    },
  };
}

/**
 * Each as often as its weight says, spread evenly: of 3 and 1 the first, the first, the second, the
 * first. A weight of 0 or less comes last.
 */
export function createWeighted(): Strategy {
  const credits = new BoundedMap<string, number>(maxConversations);
  /** With what this turn brings. */
  const earned = (upstream: Upstream): number =>
    (credits.get(upstream.id) ?? 0) + weightOf(upstream);
  return {
    rank(_, candidates) {
      const owed = (upstream: Upstream): number =>
        weightOf(upstream) > 0 ? earned(upstream) : Number.NEGATIVE_INFINITY;
      return plain(candidates.toSorted((a, b) => compare(owed(b), owed(a)) || byId(a, b)));
    },
    chosen(_, choice, open) {
      let total = 0;
      for (const { upstream } of open) {
        total += weightOf(upstream);
        credits.set(upstream.id, earned(upstream));
      }
      const { id } = choice.upstream;
      credits.set(id, (credits.get(id) ?? 0) - total);
    },
  };
}

/** The smallest share of slots in use first; equals in the order that the request likes. */
export function createLeastBusy(): Strategy {
  return {
    rank: (request, candidates, inFlight) => plain(leastBusy(request, candidates, inFlight)),
  };
}

/** The smallest `priority` first; among equals the least busy. */
export function createPriority(): Strategy {
  return {
    rank(request, candidates, inFlight) {
      const tier = ({ offer }: Upstream): number => offer?.priority ?? 0;
      return plain(
        leastBusy(request, candidates, inFlight).toSorted((a, b) => compare(tier(a), tier(b))),
      );
    },
  };
}

/**
 * The machine that the conversation (`affinity`, else the caller) was sent to last, as long as it is
 * among those that may answer; the least busy at first and after that.
 */
export function createSticky(): Strategy {
  const homes = new BoundedMap<string, string>(maxConversations);
  return {
    rank(request, candidates, inFlight) {
      const sorted = leastBusy(request, candidates, inFlight);
      const homeId = homes.get(conversationOf(request));
      const home = sorted.find(({ id }) => id === homeId);
      if (home === undefined) return plain(sorted);
      const others = sorted.filter((upstream) => upstream !== home);
      return [{ upstream: home, isSticky: home !== sorted[0] }, ...plain(others)];
    },
    chosen(request, { upstream }) {
      homes.set(conversationOf(request), upstream.id);
    },
  };
}

function leastBusy(
  request: InferenceRequest,
  candidates: readonly Upstream[],
  inFlight: InFlightOf,
): Upstream[] {
  const modelKey = modelKeyOf(request.envelope);
  const keyHash = hashText(conversationOf(request));
  return candidates
    .map((upstream) => {
      const { answers, waiting } = inFlight(upstream.id, modelKey);
      const { busySlots = 0, slots = assumedSlots, waiting: line = 0 } = upstream.offer ?? {};
      const use = (Math.max(answers, busySlots) + waiting + line) / Math.max(1, slots);
      return { upstream, use, liked: liking(keyHash, hashText(upstream.id)) };
    })
    .toSorted((a, b) => compare(a.use, b.use) || b.liked - a.liked)
    .map(({ upstream }) => upstream);
}

function conversationOf({ envelope }: InferenceRequest): string {
  return `${envelope.tenant}\n${envelope.caller}\n${envelope.affinity?.key ?? ''}`;
}

function plain(upstreams: readonly Upstream[]): RankedUpstream[] {
  return upstreams.map((upstream) => ({ upstream, isSticky: false }));
}

function weightOf({ offer }: Upstream): number {
  return Math.max(0, offer?.weight ?? 1);
}

function byId(a: Upstream, b: Upstream): number {
  if (a.id === b.id) return 0;
  return a.id < b.id ? -1 : 1;
}

/** A difference that also holds for infinities. */
function compare(a: number, b: number): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
