import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RequestRecord } from '../contract/activity.ts';
import type { ControlContext } from '../contract/control.ts';
import { newId } from '../core/identity.ts';
import { startOfDay } from '../core/local-time.ts';
import { createPriceBook } from '../gateway/usage/prices/price-book.ts';
import { createSettlement } from '../gateway/usage/settlement.ts';
import { createUsage } from '../gateway/usage/usage.ts';
import { createPriceStore } from '../storage/price-store.ts';
import { createRequestLogStore } from '../storage/request-log-store.ts';
import { createUsageStore } from '../storage/usage-store.ts';
import { openTestDatabase, type TestDatabase } from '../testing/open-test-database.ts';
import { randomSource } from '../testing/random-source.ts';
import { createPriceHandlers } from './control/price-handlers.ts';
import { createUsageHandlers } from './control/usage-handlers.ts';

let opened: TestDatabase;

beforeEach(async () => {
  opened = await openTestDatabase();
});
afterEach(async () => {
  await opened[Symbol.asyncDispose]();
});

const dayMs = 24 * 60 * 60_000;
const midnight = startOfDay(Date.UTC(2026, 10, 21, 12));
const range = { from: midnight, to: midnight + 3 * dayMs };
const anna = '0190a000-0000-7000-8000-00000000000a';
const ben = '0190a000-0000-7000-8000-00000000000b';
const context = (personId: string): ControlContext => {
  return { personId, sessionId: 's', peer: { address: '127.0.0.1', isThisMachine: true } };
};
/** Prices, log, sums and control calls over a real database. Anna sees everybody. */
async function setUp() {
  const { database } = opened;
  const log = createRequestLogStore(database);
  const prices = await createPriceBook({
    store: createPriceStore(database),
    providers: {
      describe: (_provider, model) => ({ preset: 'custom', upstreamName: model }),
      served: () => [
        { model: 'opus', provider: 'Work' },
        { model: 'secret', provider: 'Work' },
      ],
    },
    bundled: [],
  });
  const settle = createSettlement({
    prices,
    credit: ({ model, upstream, usage, personId }) =>
      upstream !== 'ben-pc' || personId === ben || usage === undefined
        ? 0
        : prices.creditMicros({ model, usage }),
  });
  const usage = createUsage({
    store: createUsageStore(database),
    names: {
      key: (id) => (id === 'k1' ? '=cmd|calc' : undefined),
      person: (id) => (id === anna ? 'Anna "A."' : 'Ben, B.'),
      machine: () => undefined,
      pool: (id) => id,
    },
    pending: () => 0,
  });
  const handlers = {
    ...createUsageHandlers({ usage, seesEverybody: (id) => id === anna }),
    prices: createPriceHandlers(prices),
  };
  const write = (records: readonly RequestRecord[]) =>
    log.append(records.map((record) => ({ ...record, ...settle(record) })));
  return { handlers, log, write, prices };
}

function record(change: Partial<RequestRecord> = {}): RequestRecord {
  return {
    ...{ id: newId(), startedAt: midnight, caller: 'laptop', client: 'curl', task: 'chat' },
    ...{ path: '/v1/chat/completions', model: 'opus', streamed: true, state: 'done' },
    ...{ keyId: 'k1', personId: ben, provider: 'Work', upstream: 'p1', machine: 'Work' },
    usage: {
      promptTokens: 20_000,
      cachedTokens: 5_000,
      completionTokens: 1_000,
      reasoningTokens: 0,
    },
    ...change,
  };
}

const tiers = [
  { maxInputTokens: 16_000, inputMicros: 800_000, outputMicros: 2_000_000 },
  { maxInputTokens: 128_000, inputMicros: 1_600_000, outputMicros: 6_000_000 },
  { maxInputTokens: 0, inputMicros: 3_000_000, outputMicros: 12_000_000 },
];

test('E22: prices set by hand charge to the micro, and what has none is flagged and missing', async () => {
  const { handlers, write } = await setUp();
  const set = { model: 'opus', provider: 'Work', tiers };
  await handlers.prices.set(set, context(anna));
  await write([record({ alias: 'clever' }), record({ model: 'secret' })]);
  const { totals, rows } = await handlers.report(
    { ...range, by: 'model', step: 'day' },
    context(anna),
  );
  expect(totals).toMatchObject({ requests: 2, costMicros: 31_600, unpriced: 1 });
  expect(rows.map(({ group, sum }) => [group, sum.costMicros, sum.unpriced])).toEqual([
    ['opus', 31_600, 0],
    ['secret', 0, 1],
  ]);
  const listed = await handlers.prices.list({}, context(anna));
  expect(listed.missing).toEqual([{ model: 'secret', provider: 'Work' }]);
  await handlers.prices.remove({ model: 'opus', provider: 'Work' }, context(anna));
  await write([record()]);
  const after = await handlers.report({ ...range, by: 'model', step: 'day' }, context(anna));
  // What was charged stays; the new one has no price any more.
  expect(after.totals).toMatchObject({ costMicros: 31_600, unpriced: 2 });
});

test('prices whose tiers do not rise are refused', async () => {
  const { handlers } = await setUp();
  const set = { model: 'opus', tiers: tiers.toReversed() };
  const call = () => handlers.prices.set(set, context(anna));
  expect(call).toThrow('in the order of their prompt lengths');
});

test('E22: the owner of a machine is credited for others, and the report says so', async () => {
  const { handlers, write } = await setUp();
  const contributorTiers = [{ maxInputTokens: 0, inputMicros: 100_000, outputMicros: 1_000_000 }];
  await handlers.prices.set(
    {
      model: 'qwen',
      tiers: [{ maxInputTokens: 0, inputMicros: 0, outputMicros: 0 }],
      contributorTiers,
    },
    context(anna),
  );
  const { provider: _provider, ...own } = record({
    ...{ model: 'qwen', upstream: 'ben-pc', machine: 'Ben’s PC' },
  });
  await write([
    { ...own, personId: anna },
    { ...own, id: newId() },
  ]);
  const report = await handlers.report({ ...range, by: 'machine', step: 'day' }, context(anna));
  // 15 000 × 0.1 + 5 000 × 0.02 + 1 000 × 1, once: Ben earns nothing by asking himself.
  expect(report.rows).toMatchObject([
    { group: 'ben-pc', label: 'Ben’s PC', sum: { creditMicros: 2600, costMicros: 0 } },
  ]);
});

test('E22: rows, points, totals, the export and the log all add up to the same', async () => {
  const { handlers, write, log } = await setUp();
  await handlers.prices.set({ model: 'opus', tiers }, context(anna));
  const random = randomSource(54);
  const below = (limit: number): number => Math.floor(((random() + 1) / 2) * limit);
  const records = Array.from({ length: 300 }, () => {
    const promptTokens = below(200_000);
    const cachedTokens = below(promptTokens + 1);
    return record({
      startedAt: midnight + below(3 * dayMs),
      personId: below(2) === 0 ? anna : ben,
      keyId: below(2) === 0 ? 'k1' : 'k2',
      usage: { promptTokens, cachedTokens, completionTokens: below(5000), reasoningTokens: 0 },
    });
  });
  await write(records);
  const stored = await log.query({ limit: 1000 });
  const logged = stored.requests.reduce((sum, { costMicros = 0 }) => sum + costMicros, 0);
  expect(logged).toBeGreaterThan(1_000_000);
  for (const step of ['hour', 'day'] as const) {
    for (const by of ['key', 'person', 'provider'] as const) {
      const report = await handlers.report({ ...range, by, step }, context(anna));
      const rows = report.rows.reduce((sum, row) => sum + row.sum.costMicros, 0);
      const points = report.rows
        .flatMap((row) => row.points)
        .reduce((sum, point) => sum + point.sum.costMicros, 0);
      expect([report.totals.costMicros, rows, points]).toEqual([logged, logged, logged]);
    }
  }
  const json = await handlers.export({ ...range, format: 'json' }, context(anna));
  const lines: unknown = JSON.parse(json.text);
  const micros = Array.isArray(lines) ? lines.map(({ costMicros }) => Number(costMicros)) : [];
  expect(micros.reduce((sum, cost) => sum + cost, 0)).toBe(logged);
  const csv = await handlers.export({ ...range, format: 'csv' }, context(anna));
  const [head = '', ...body] = csv.text.trimEnd().split('\r\n');
  const column = head.split(',').indexOf('costMicros');
  // Names hold commas and quotes: count the columns from the end, where there are only numbers.
  const fromEnd = head.split(',').length - column;
  const sum = body.reduce((all, line) => all + Number(line.split(',').at(-fromEnd)), 0);
  expect(sum).toBe(logged);
  expect(csv.fileName).toMatch(/^millpond-usage-2026-11-2\d-to-2026-11-2\d\.csv$/);
});

test('the export names people as they are called and runs no formula', async () => {
  const { handlers, write } = await setUp();
  await write([record({ personId: anna })]);
  const csv = await handlers.export({ ...range, format: 'csv' }, context(anna));
  expect(csv.text).toContain(`,'=cmd|calc,k1,"Anna ""A.""",${anna},opus,,Work,,1,0,20000,5000,`);
  expect(csv.text).toContain(',0,0.000000,0,1\r\n');
});

test('members see their own usage and nobody else’s', async () => {
  const { handlers, write } = await setUp();
  await write([record({ personId: anna }), record(), record()]);
  const asked = { ...range, by: 'person', step: 'day', personId: anna } as const;
  const report = await handlers.report(asked, context(ben));
  expect(report.rows.map(({ group, label, sum }) => [group, label, sum.requests])).toEqual([
    [ben, 'Ben, B.', 2],
  ]);
  const csv = await handlers.export({ ...range, format: 'csv' }, context(ben));
  expect(csv.text).not.toContain(anna);
  expect((await handlers.report(asked, context(anna))).totals.requests).toBe(1);
});
