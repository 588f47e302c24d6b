import { expect, test } from 'vitest';
import type { RequestRecord } from '../../contract/activity.ts';
import { createFakeClock } from '../../testing/fake-clock.ts';
import { silentLogger } from '../../testing/gateway-fixture.ts';
import { createMemoryStores } from '../../testing/memory-stores.ts';
import { keepRecent } from './keep-recent.ts';

const dayMs = 24 * 60 * 60_000;
const hourMs = 60 * 60_000;

async function withRequests(ages: readonly number[]) {
  const clock = createFakeClock();
  const { requestLog } = createMemoryStores();
  const startedAt = clock.now();
  await requestLog.append(
    ages.map((age, index): RequestRecord => {
      return {
        ...{ id: `r${index.toString()}`, startedAt: startedAt - age, caller: 'keyless' },
        ...{ client: 'curl', task: 'chat', path: '/v1', model: 'guide' },
        ...{ streamed: false, state: 'done' },
      };
    }),
  );
  const left = () => requestLog.records.map(({ id }) => id);
  return { clock, requestLog, left };
}

test('requests that are too old are forgotten at the start and then every hour', async () => {
  const { clock, requestLog, left } = await withRequests([0, 7 * dayMs - hourMs + 1, 8 * dayMs]);
  const retention = () => ({ keepDays: 7, maxBytes: 1e9 });
  const stop = keepRecent({ store: requestLog, clock, logger: silentLogger, retention });
  await clock.advance(0);
  expect(left()).toEqual(['r0', 'r1']);
  await clock.advance(hourMs);
  expect(left()).toEqual(['r0']);
  stop();
  await clock.advance(30 * dayMs);
  expect(left()).toEqual(['r0']);
});

test('more than a piece goes in pieces, and what was changed holds from the next round on', async () => {
  const ages = Array.from({ length: 1200 }, (_, index) => index * 1000);
  const { clock, requestLog, left } = await withRequests(ages);
  const pieces: number[] = [];
  const store = {
    ...requestLog,
    deleteOldest: async (limit: number, before?: number) => {
      const deleted = await requestLog.deleteOldest(limit, before);
      pieces.push(deleted);
      return deleted;
    },
    size: () => Promise.resolve({ rows: requestLog.records.length, bytes: 100 * left().length }),
  };
  let maxBytes = 1e9;
  const retention = () => ({ keepDays: 90, maxBytes });
  const stop = keepRecent({ store, clock, logger: silentLogger, retention });
  await clock.advance(0);
  expect(left()).toHaveLength(1200);
  maxBytes = 10_000;
  await clock.advance(hourMs);
  expect(left()).toHaveLength(100);
  expect(left()[0]).toBe('r0');
  expect(Math.max(...pieces)).toBe(500);
  stop();
});

test('a store that is busy is asked again an hour later', async () => {
  const { clock, requestLog } = await withRequests([]);
  let asked = 0;
  const store = {
    ...requestLog,
    deleteOldest: () => {
      asked += 1;
      return Promise.reject(new Error('busy'));
    },
  };
  const stop = keepRecent({ store, clock, logger: silentLogger });
  await clock.advance(hourMs);
  expect(asked).toBe(2);
  stop();
});
