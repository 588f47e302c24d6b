import { parseArgs } from 'node:util';
import { mutations } from './processes/messages.ts';
import type { Mutation } from './processes/messages.ts';
import { proveMutations } from './prove-mutations.ts';
import { printResult, printSummary } from './report.ts';
import { runSeeds } from './run-seeds.ts';
import { runStorm } from './storm.ts';

/**
 * `npm run chaos -- --seeds 200 [--from N]` · `--seed N` again, with its history · `--mutate NAME` a build
 * with a mistake, until it is noticed · `--mutations` all of them · `--storm` 200 machines at once.
 */

const usage = `Usage: npm run chaos -- --seeds N [--from N]
       npm run chaos -- --seed N
       npm run chaos -- --mutate ${mutations.join('|')}
       npm run chaos -- --mutations
       npm run chaos -- --storm`;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string' },
    from: { type: 'string', default: '1' },
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
  const [first, count] = [Number(values.seed ?? values.from), Number(values.seed ?? values.seeds)];
  if (!Number.isInteger(first) || !Number.isInteger(count)) return undefined;
  const isReplay = values.seed !== undefined;
  const seeds = Array.from({ length: isReplay ? 1 : count }, (_, index) => first + index);
  const results = await runSeeds(seeds, {
    hasForger: seeds.length >= seedsWorthAForger,
    onResult: (result) => {
      printResult(result, { withHistory: isReplay });
    },
  });
  printSummary(results);
  return results.every(({ problems }) => problems.length === 0);
}

/** Finding a forger out takes half a minute. */
const seedsWorthAForger = 20;

const isGood = await run();
if (isGood === undefined) console.error(usage);
process.exit(isGood === true ? 0 : 1);
