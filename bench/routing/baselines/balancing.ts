import { usable } from '../policy.ts';
import type { NodeView, Policy } from '../policy.ts';
import type { Random } from '../random.ts';

/** Any machine, whatever it is doing. Its own line holds what it cannot answer yet. */
export function createRandomChoice(random: Random): Policy {
  return { name: 'random', choose: (_, nodes) => ({ node: random.pick(usable(nodes)) }) };
}

/** One after the other. */
export function createRoundRobin(): Policy {
  let turn = 0;
  return {
    name: 'round-robin',
    choose(_, nodes) {
      const able = usable(nodes);
      const node = able[turn % able.length];
      turn += 1;
      return node && { node };
    },
  };
}

/**
 * The machine with the smallest share of its slots in use, as Paddler does it: what finds no free slot
 * waits in one line at the gateway, so nobody is stuck behind a slow machine.
 */
export function createLeastBusy(): Policy {
  return {
    name: 'least-busy',
    choose(_, nodes) {
      const free = usable(nodes).filter(({ inFlight, spec }) => inFlight < spec.slots);
      const node = leastBy(free, shareInUse);
      return node && { node };
    },
  };
}

export function shareInUse({ inFlight, spec }: NodeView): number {
  return inFlight / spec.slots;
}

/** The first of those for which `of` is smallest. */
export function leastBy<T>(items: readonly T[], of: (item: T) => number): T | undefined {
  let best: T | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const item of items) {
    const value = of(item);
    if (value < least) [best, least] = [item, value];
  }
  return best;
}
