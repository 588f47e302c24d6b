import { parseArgs } from 'node:util';
import { mutations } from './processes/messages.ts';
import type { Mutation } from './processes/messages.ts';
import { proveMutations } from './prove-mutations.ts';
import { printResult, printSummary } from './report.ts';
import type { SeedResult } from './run-seed.ts';
import { runSeeds } from './run-seeds.ts';
import { runStorm } from './storm.ts';

/**
 * `npm run chaos -- --seeds 200 [--from N] [--worlds N]` · `--seed N` again, with its history ·
 * `--mutate NAME` a build with a mistake, until it is noticed · `--mutations` all of them · `--storm` 200
 * machines at once.
 */

const usage = `Usage: npm run chaos -- --seeds N [--from N] [--worlds N]
       npm run chaos -- --seed N
       npm run chaos -- --mutate ${mutations.join('|')}
       npm run chaos -- --mutations
       npm run chaos -- --storm`;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string' },
    from: { type: 'string', default: '1' },
    worlds: { type: 'string', default: '2' },
    seed: { type: 'string' },
    mutate: { type: 'string' },
    mutations: { type: 'boolean', default: false },
    storm: { type: 'boolean', default: false },
  },
});

/** Answers whether all is as it should be; undefined when the question was not understood. */
async function run(): Promise<boolean | undefined> {
  if (values.storm) return runStorm();
  if (values.mutations) return proveMutations(mutations);
  if (values.mutate !== undefined) {
    const mutation = mutations.find((name): name is Mutation => name === values.mutate);
    return mutation && proveMutations([mutation]);
  }
  const first = Number(values.seed ?? values.from);
  const count = values.seed === undefined ? Number(values.seeds) : 1;
  const worlds = Math.min(Number(values.worlds), count);
  if (![first, count, worlds].every((figure) => Number.isInteger(figure) && figure > 0)) {
    return undefined;
  }
  const seeds = Array.from({ length: count }, (_, index) => first + index);
  const onResult = (result: SeedResult): void => {
    printResult(result, { withHistory: values.seed !== undefined });
  };
  // Seeds wait for timers most of the time, so that two cores hold more than one world.
  const results = await Promise.all(
    Array.from({ length: worlds }, (_, world) =>
      runSeeds(
        seeds.filter((_seed, index) => index % worlds === world),
        { hasForger: world === 0 && count >= seedsWorthAForger, onResult },
      ),
    ),
  );
  printSummary(results.flat());
  return results.flat().every(({ problems }) => problems.length === 0);
}

/** Finding a forger out takes more than a minute. */
const seedsWorthAForger = 20;

const isGood = await run();
if (isGood === undefined) console.error(usage);
process.exit(isGood === true ? 0 : 1);
