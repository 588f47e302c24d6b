import { createBoundedHashing, createStickyStart } from './baselines/affinity.ts';
import { createLeastBusy, createRandomChoice, createRoundRobin } from './baselines/balancing.ts';
import { createPrefixTree, createWeightedScore } from './baselines/prefix-tree.ts';
import { drawTrace } from './draw-trace.ts';
import { createExpectedTimePolicy } from './expected-time-policy.ts';
import { drawFleet } from './fleet.ts';
import type { FleetOptions } from './fleet.ts';
import { reusableTokens } from './oracle.ts';
import type { Policy } from './policy.ts';
import { Random } from './random.ts';
import { Simulation } from './simulation.ts';
import type { SimulationResult } from './simulation.ts';
import type { TraceName } from './trace.ts';

/** Seeds that constants may be chosen on. */
export const tuningSeeds: readonly number[] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
/**
 * Seeds that are run once everything is decided: nothing was ever chosen by them. 9001–9003 were those
 * of an earlier router and have been seen.
 */
export const heldOutSeeds: readonly number[] = [9101, 9102, 9103];

/** Every way of choosing that is compared; ours is the last. */
export const contenders: readonly ((random: Random) => Policy)[] = [
  createRandomChoice,
  createRoundRobin,
  createLeastBusy,
  createBoundedHashing,
  createStickyStart,
  createPrefixTree,
  createWeightedScore,
  createExpectedTimePolicy,
];

const nodes = 10;
/** In the mixed trace machines come and go, and some have yet to load the model. */
const livelyFleet = { nodes, coldShare: 0.4, meanPresenceMs: 600_000 };

export interface Outcome {
  readonly policy: string;
  /** Milliseconds from a question to its first token, every request. */
  readonly firstTokenMs: readonly number[];
  /** Prompt tokens that were not read again, and those that nobody would have had to. */
  readonly reusedTokens: number;
  readonly reusableTokens: number;
  readonly writtenTokens: number;
  readonly spanMs: number;
  readonly decisionMs: readonly number[];
}

/** One policy on one trace of one seed; the same every time but for `decisionMs`. */
export function simulate(
  name: TraceName,
  seed: number,
  create: (random: Random) => Policy,
): Outcome {
  const random = new Random(seed);
  const fleet = drawFleet(random.fork(), fleetOf(name));
  const trace = drawTrace(name, fleet, random.fork());
  const policy = create(random.fork());
  const result = new Simulation(trace, fleet, policy).run();
  return outcomeOf(policy.name, result, reusableTokens(trace.conversations));
}

function fleetOf(name: TraceName): FleetOptions {
  return name === 'mixed' ? livelyFleet : { nodes };
}

function outcomeOf(policy: string, result: SimulationResult, reusable: number): Outcome {
  const { decisionMs, jobs, spanMs } = result;
  return {
    ...{ policy, spanMs, decisionMs, reusableTokens: reusable },
    firstTokenMs: jobs.map(({ arrivedAt, firstTokenAt = Infinity }) => firstTokenAt - arrivedAt),
    reusedTokens: jobs.reduce((sum, job) => sum + job.reusedTokens, 0),
    writtenTokens: jobs.reduce((sum, job) => sum + job.answer.tokens, 0),
  };
}
