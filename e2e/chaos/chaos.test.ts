import { expect, test } from 'vitest';
import { runSeeds } from './run-seeds.ts';
import { noticeMutation } from './prove-mutations.ts';

/** A small share of the suite. All of it: `npm run chaos -- --seeds 200`, and `-- --mutations`. */

test(
  'answers stay whole while machines, lines and clocks go wrong',
  { timeout: 90_000 },
  async () => {
    const results = await runSeeds([1, 2, 3], {});
    expect(
      results.flatMap(({ seed, problems, history }) =>
        problems.length === 0 ? [] : [{ seed, problems, history }],
      ),
    ).toEqual([]);
    expect(results).toHaveLength(3);
  },
);

test('a machine that mixes up the slots of two pools is noticed', { timeout: 90_000 }, async () => {
  const noticed = await noticeMutation('wrong-tenant-slot', [1, 2, 3]);
  expect(noticed?.problem).toMatch(/came out of a slot/);
});
