import { expect, test } from 'vitest';
import { createFakeClock } from '../../testing/fake-clock.ts';
import { coalesced } from './coalesced.ts';

test('the first wish is granted at once, and all that come too soon as one', async () => {
  const clock = createFakeClock();
  const runs: number[] = [];
  const want = coalesced(clock, 50, () => runs.push(clock.monotonic()));
  want();
  want();
  await clock.advance(20);
  want();
  await clock.advance(200);
  want();
  await clock.advance(200);
  expect(runs).toEqual([0, 50, 220]);
  expect(clock.waiting).toBe(0);
});
