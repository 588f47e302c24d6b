import { expect, test } from 'vitest';
import { createFakeClock } from '../../testing/fake-clock.ts';
import { silentLogger } from '../../testing/gateway-fixture.ts';
import { createMemoryStores } from '../../testing/memory-stores.ts';
import { keepRecent } from './keep-recent.ts';

const dayMs = 24 * 60 * 60_000;

test('requests older than 90 days are forgotten at the start and then once a day', async () => {
  const clock = createFakeClock();
  const { requestLog } = createMemoryStores();
  const prunedBefore: number[] = [];
  const store = {
    ...requestLog,
    prune: (before: number) => {
      prunedBefore.push(before);
      return Promise.reject(new Error('busy'));
    },
  };
  const startedAt = clock.now();
  const stop = keepRecent({ store, clock, logger: silentLogger });
  await clock.advance(dayMs);
  stop();
  await clock.advance(dayMs);
  expect(prunedBefore).toEqual([startedAt - 90 * dayMs, startedAt - 89 * dayMs]);
});
