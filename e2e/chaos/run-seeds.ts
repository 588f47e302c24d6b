import { setTimeout as sleep } from 'node:timers/promises';
import type { Mutation, SeenMachine } from './processes/messages.ts';
import { runSeed } from './run-seed.ts';
import type { SeedResult } from './run-seed.ts';
import type { Baseline } from './settle.ts';
import { forgedModel, World } from './world.ts';

interface SeedsOptions {
  readonly mutation?: Mutation;
  /** A fourth machine says that it has weights which it does not have. */
  readonly hasForger?: boolean;
  readonly stopAtFirst?: boolean;
  readonly onResult?: (result: SeedResult) => void;
}

/** Runs seeds one after the other. Processes live on from seed to seed; after a failure all are new. */
export async function runSeeds(
  seeds: readonly number[],
  { mutation, hasForger = false, stopAtFirst = false, onResult = () => {} }: SeedsOptions,
): Promise<SeedResult[]> {
  const results: SeedResult[] = [];
  let world: World | undefined;
  let baseline: Baseline | undefined;
  try {
    for (const seed of seeds) {
      if (world === undefined) baseline = undefined;
      world ??= await openWorld(mutation, hasForger);
      const result = await runSeed(world, seed, baseline);
      ({ baseline } = result);
      results.push(result);
      onResult(result);
      if (result.problems.length === 0) continue;
      if (stopAtFirst) break;
      await world.close();
      world = undefined;
    }
  } finally {
    await world?.close();
  }
  return results;
}

async function openWorld(mutation: Mutation | undefined, hasForger: boolean): Promise<World> {
  const world = await World.open(mutation);
  if (!hasForger) return world;
  try {
    await world.addMachine('dogwood', [forgedModel]);
    await untilFoundOut(world);
    return world;
  } catch (error) {
    await world.close();
    throw error;
  }
}

/** Two canaries of three, with pauses of ten seconds, in each pool. */
const foundOutWithinMs = 120_000;
const lookEveryMs = 250;

async function untilFoundOut({ gateway }: World): Promise<void> {
  const startedAt = performance.now();
  for (;;) {
    const seen = await gateway.ask<SeenMachine[]>({ ask: 'overview' });
    const forgers = seen.filter(({ name }) => name === 'dogwood');
    if (forgers.length > 0 && forgers.every(({ quarantined }) => quarantined.length > 0)) {
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
      console.log(`The machine with forged weights was found out after ${seconds} s`);
      return;
    }
    if (performance.now() - startedAt > foundOutWithinMs) {
      throw new Error('The machine with forged weights was not found out');
    }
    await sleep(lookEveryMs);
  }
}
