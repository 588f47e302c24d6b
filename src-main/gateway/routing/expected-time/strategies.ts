import type { InferenceRequest } from '../../../core/inference.ts';
import type { Upstream } from '../../ports.ts';
import { BoundedMap } from './bounded-map.ts';
import { assumedSlots } from './estimate.ts';
import { modelKeyOf } from './ranking.ts';
import type { InFlightOf, RankedUpstream, Strategy } from './ranking.ts';
import { hashText, liking } from './rendezvous.ts';

/** Conversations whose machine `sticky` remembers; the one asked on longest ago is forgotten. */
const maxConversations = 10_000;

/** One after the other, whatever they are doing. */
export function createRoundRobin(): Strategy {
  let turn = 0;
  return {
    rank(_, candidates) {
      const sorted = candidates.toSorted(byId);
      const first = turn % Math.max(1, sorted.length);
      turn += 1;
      return plain([...sorted.slice(first), ...sorted.slice(0, first)]);
    },
  };
}

/**
 * Each as often as its weight says, spread evenly: of 3 and 1 the first, the first, the second, the
 * first. A weight of 0 or less comes last.
 */
export function createWeighted(): Strategy {
  const credits = new BoundedMap<string, number>(maxConversations);
  return {
    rank(_, candidates) {
      const total = candidates.reduce((sum, upstream) => sum + weightOf(upstream), 0);
      for (const upstream of candidates) {
        credits.set(upstream.id, (credits.get(upstream.id) ?? 0) + weightOf(upstream));
      }
      const owed = (upstream: Upstream): number =>
        weightOf(upstream) > 0 ? (credits.get(upstream.id) ?? 0) : Number.NEGATIVE_INFINITY;
      const sorted = candidates.toSorted((a, b) => compare(owed(b), owed(a)) || byId(a, b));
      const first = sorted[0];
      if (first !== undefined) credits.set(first.id, (credits.get(first.id) ?? 0) - total);
      return plain(sorted);
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
 * The machine that the conversation (`affinity`, else the caller) was first sent to, as long as it is
 * among those that may answer; the least busy at first and after that.
 */
export function createSticky(): Strategy {
  const homes = new BoundedMap<string, string>(maxConversations);
  return {
    rank(request, candidates, inFlight) {
      const key = conversationOf(request);
      const sorted = leastBusy(request, candidates, inFlight);
      const home = sorted.find(({ id }) => id === homes.get(key));
      const first = home ?? sorted[0];
      if (first === undefined) return [];
      homes.set(key, first.id);
      const others = sorted.filter((upstream) => upstream !== first);
      const isSticky = home !== undefined && home !== sorted[0];
      return [{ upstream: first, isSticky }, ...plain(others)];
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
