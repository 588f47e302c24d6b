import type { Pool } from '../../contract/pools.ts';
import type { ExpectedTime, Strategy } from './expected-time/ranking.ts';
import {
  createLeastBusy,
  createPriority,
  createRoundRobin,
  createSticky,
  createWeighted,
} from './expected-time/strategies.ts';

export type StrategyName = Pool['strategy'];

/** A strategy with the name that people choose it by. */
export interface NamedStrategy extends Strategy {
  readonly name: StrategyName;
}

interface StrategiesDeps {
  readonly expectedTime: ExpectedTime;
  /** What the owner of a pool chose; of this machine's own for undefined. A plain read. */
  readonly nameOf: (poolId: string | undefined) => StrategyName;
}

/** How the machines of each pool are chosen. Each pool has turns and conversations of its own. */
export function createStrategies({
  expectedTime,
  nameOf,
}: StrategiesDeps): (poolId: string | undefined) => NamedStrategy {
  const ofPools = new Map<string | undefined, NamedStrategy>();
  return (poolId) => {
    const name = nameOf(poolId);
    const known = ofPools.get(poolId);
    if (known?.name === name) return known;
    const strategy = name === 'expected-time' ? expectedTime : create[name]();
    const named: NamedStrategy = {
      name,
      rank: (request, candidates, inFlight) => strategy.rank(request, candidates, inFlight),
      chosen: (request, choice, open) => strategy.chosen?.(request, choice, open),
    };
    ofPools.set(poolId, named);
    return named;
  };
}

const create: Readonly<Record<Exclude<StrategyName, 'expected-time'>, () => Strategy>> = {
  'round-robin': createRoundRobin,
  weighted: createWeighted,
  priority: createPriority,
  'least-busy': createLeastBusy,
  sticky: createSticky,
};
