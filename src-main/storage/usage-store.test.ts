import { rename } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { newId } from '../core/identity.ts';
import { startOfDay, startOfHour } from '../core/local-time.ts';
import type { RequestLogStore } from '../gateway/ports.ts';
import { randomSource } from '../testing/random-source.ts';
import { openTestDatabase, type TestDatabase } from '../testing/open-test-database.ts';
import { createPriceStore } from './price-store.ts';
import { createRequestLogStore } from './request-log-store.ts';
import { createUsageStore } from './usage-store.ts';

let opened: TestDatabase;

beforeEach(async () => {
  opened = await openTestDatabase();
});
afterEach(async () => {
  await opened[Symbol.asyncDispose]();
});

type RequestRecord = Parameters<RequestLogStore['append']>[0][number];

const hourMs = 3_600_000;
const noon = startOfDay(Date.UTC(2026, 10, 21)) + 12 * hourMs;
const all = { from: 0, to: 9e15 };

function record(startedAt: number, changes: Partial<RequestRecord> = {}): RequestRecord {
  return {
    ...{ id: newId(), startedAt, caller: 'laptop', client: 'curl', task: 'chat' },
    ...{ path: '/v1/chat/completions', model: 'guide', streamed: true, state: 'done' },
    ...{ keyId: 'k1', personId: 'anna', upstream: 'local', machine: 'Mill' },
    usage: { promptTokens: 10, cachedTokens: 4, completionTokens: 5, reasoningTokens: 2 },
    costMicros: 31,
    ...changes,
  };
}

describe('sums of usage', () => {
  test('count each request once, however often it is written', async () => {
    const log = createRequestLogStore(opened.database);
    const usage = createUsageStore(opened.database);
    const first = record(noon);
    await log.append([first, first, record(noon + 1)]);
    await log.append([first, record(noon + hourMs, { state: 'failed', creditMicros: 3 })]);
    const points = await usage.points(all, 'key', 'hour', {});
    expect(points.map(({ at, group, sum }) => [at, group, sum.requests, sum.costMicros])).toEqual([
      [startOfHour(noon), 'k1', 2, 62],
      [startOfHour(noon) + hourMs, 'k1', 1, 31],
    ]);
    expect(points[1]?.sum).toEqual({
      ...{ requests: 1, failed: 1, promptTokens: 10, cachedTokens: 4, completionTokens: 5 },
      ...{ reasoningTokens: 2, costMicros: 31, creditMicros: 3, unpriced: 0 },
    });
    expect(await usage.points(all, 'key', 'day', {})).toMatchObject([{ sum: { requests: 3 } }]);
  });

  test('stay when the log forgets its requests', async () => {
    const log = createRequestLogStore(opened.database);
    await log.append([record(noon)]);
    await log.deleteOldest(10);
    expect((await log.query({ limit: 1 })).total).toBe(0);
    const points = await createUsageStore(opened.database).points(all, 'model', 'day', {});
    expect(points).toMatchObject([{ group: 'guide', sum: { requests: 1 } }]);
  });

  test('of what a caller made up are kept without its name', async () => {
    const log = createRequestLogStore(opened.database);
    const { upstream: _upstream, machine: _machine, ...refused } = record(noon, { model: 'x9' });
    await log.append([
      { ...refused, state: 'failed', error: { code: 'model-not-found', message: 'No' } },
      { ...refused, id: newId(), model: 'guide', error: { code: 'rate-limited', message: 'No' } },
    ]);
    const points = await createUsageStore(opened.database).points(all, 'model', 'day', {});
    expect(points.map(({ group }) => group).toSorted()).toEqual(['', 'guide']);
  });

  test('are asked for by any account, and machines of providers are none', async () => {
    const log = createRequestLogStore(opened.database);
    const usage = createUsageStore(opened.database);
    const cloud = { provider: 'Work', upstream: 'p1', machine: 'Work', model: 'clever' };
    await log.append([
      record(noon),
      record(noon, { ...cloud, keyId: 'k2', personId: 'ben', poolId: 'home', isUnpriced: true }),
    ]);
    const by = async (filter: object) =>
      (await usage.points(all, 'machine', 'day', filter)).map(({ group, sum }) => [
        group,
        sum.unpriced,
      ]);
    expect(await by({})).toEqual([
      ['', 1],
      ['local', 0],
    ]);
    const cloudOnly = [{ keyId: 'k2' }, { personId: 'ben' }, { provider: 'Work' }];
    for (const filter of [...cloudOnly, { poolId: 'home' }, { model: 'clever' }]) {
      expect(await by(filter)).toEqual([['', 1]]);
    }
    expect(await by({ machine: 'local', keyId: 'k2' })).toEqual([]);
    expect(await usage.points({ from: noon + hourMs, to: 9e15 }, 'key', 'day', {})).toEqual([]);
    expect(await usage.labels()).toEqual([
      { kind: 'key', id: 'k1', label: 'laptop' },
      { kind: 'key', id: 'k2', label: 'laptop' },
      { kind: 'machine', id: 'local', label: 'Mill' },
    ]);
  });

  test('E22: hours, days, accounts and the log add up to the same, whatever was asked', async () => {
    const random = randomSource(22);
    const below = (limit: number): number => Math.floor(((random() + 1) / 2) * limit);
    const log = createRequestLogStore(opened.database);
    const usage = createUsageStore(opened.database);
    const records = Array.from({ length: 800 }, () =>
      record(noon + below(72) * hourMs + below(hourMs), {
        keyId: `k${below(4).toString()}`,
        personId: `p${below(3).toString()}`,
        model: `m${below(5).toString()}`,
        costMicros: below(1_000_000),
        creditMicros: below(1000),
        ...(below(2) === 0 && { provider: 'Work' }),
        ...(below(3) === 0 && { poolId: 'home' }),
      }),
    );
    for (let start = 0; start < records.length; start += 90) {
      await log.append(records.slice(start, start + 100)); // overlapping on purpose
    }
    const expected = records.reduce((sum, { costMicros = 0 }) => sum + costMicros, 0);
    const total = (sums: readonly { readonly sum: { readonly costMicros: number } }[]) =>
      sums.reduce((sum, point) => sum + point.sum.costMicros, 0);
    for (const by of ['key', 'person', 'model', 'machine', 'provider', 'pool'] as const) {
      expect(total(await usage.points(all, by, 'hour', {}))).toBe(expected);
      expect(total(await usage.points(all, by, 'day', {}))).toBe(expected);
    }
    const days = await usage.days(all, {});
    expect(total(days)).toBe(expected);
    expect(new Set(days.map(({ day }) => day)).size).toBe(4);
    const credited = records.reduce((sum, { creditMicros = 0 }) => sum + creditMicros, 0);
    expect(days.reduce((sum, row) => sum + row.sum.creditMicros, 0)).toBe(credited);
    const stored = await log.query({ limit: 1000 });
    expect(total(stored.requests.map(({ costMicros = 0 }) => ({ sum: { costMicros } })))).toBe(
      expected,
    );
  });
});

test('prices that people set are replaced and removed, for one provider or for all', async () => {
  const store = createPriceStore(opened.database);
  const tiers = [{ maxInputTokens: 0, inputMicros: 5, cachedInputMicros: 1, outputMicros: 9 }];
  await store.save({
    model: 'guide',
    tiers: [{ maxInputTokens: 8, inputMicros: 1, outputMicros: 2 }],
  });
  await store.save({ model: 'guide', tiers, contributorTiers: tiers });
  await store.save({ model: 'guide', provider: 'Work', tiers });
  expect(await store.list()).toEqual([
    { model: 'guide', tiers, contributorTiers: tiers },
    { model: 'guide', provider: 'Work', tiers },
  ]);
  await store.remove('guide');
  expect(await store.list()).toEqual([{ model: 'guide', provider: 'Work', tiers }]);
});

test('nothing more is written to a database file that lost its name', async () => {
  const log = createRequestLogStore(opened.database);
  await log.append([record(noon)]);
  await rename(opened.file, `${opened.file}.away`);
  await expect(log.append([record(noon)])).rejects.toMatchObject({ code: 'unavailable' });
  await rename(`${opened.file}.away`, opened.file);
  await log.append([record(noon)]);
  expect((await log.query({ limit: 1 })).total).toBe(2);
});
