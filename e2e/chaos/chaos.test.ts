import { expect, test } from 'vitest';
import { runSeeds } from './run-seeds.ts';
import { noticeMutation } from './prove-mutations.ts';

/** Seconds where the computer has nothing else to do; processes start slowly where it has. */
const timeout = 240_000;

/** A small share of the suite. All of it: `npm run chaos -- --seeds 200`, and `-- --mutations`. */

test('answers stay whole while machines, lines and clocks go wrong', { timeout }, async () => {
  const results = await runSeeds([1, 2, 3], {});
  expect(
    results.flatMap(({ seed, problems, history }) =>
      problems.length === 0 ? [] : [{ seed, problems, history }],
    ),
  ).toEqual([]);
  expect(results).toHaveLength(3);
});

test('a machine that mixes up the slots of two pools is noticed', { timeout }, async () => {
  const noticed = await noticeMutation('wrong-tenant-slot', [1, 2, 3]);
  expect(noticed?.problem).toMatch(/came out of a slot/);
});
