import type { Mutation } from './processes/messages.ts';
import { runSeeds } from './run-seeds.ts';

/** A mistake that is not noticed within so many seeds is not noticed. */
const seedsForAMutation = 20;

/** Runs builds with a mistake in them; answers whether each was noticed, and says by what. */
export async function proveMutations(mutations: readonly Mutation[]): Promise<boolean> {
  let areNoticed = true;
  for (const mutation of mutations) {
    const noticed = await noticeMutation(mutation);
    if (noticed === undefined) areNoticed = false;
    console.log(
      noticed === undefined
        ? `✗ ${mutation.padEnd(20)} survived ${seedsForAMutation} seeds`
        : `✓ ${mutation.padEnd(20)} seed ${noticed.seed}: ${noticed.problem}`,
    );
  }
  return areNoticed;
}

/** The first seed that notices, and its first problem. */
export async function noticeMutation(
  mutation: Mutation,
  seeds: readonly number[] = Array.from({ length: seedsForAMutation }, (_, index) => index + 1),
): Promise<{ readonly seed: number; readonly problem: string } | undefined> {
  const results = await runSeeds(seeds, { mutation, stopAtFirst: true });
  const [failed] = results.filter(({ problems }) => problems.length > 0);
  return failed && { seed: failed.seed, problem: failed.problems[0] ?? '' };
}
