import { afterEach, beforeEach, expect, test } from 'vitest';
import type { QuotaBook } from '../gateway/limits/ports.ts';
import { openTestDatabase } from '../testing/open-test-database.ts';
import type { TestDatabase } from '../testing/open-test-database.ts';
import { createApiKeyStore } from './gateway-stores.ts';
import { createLimitRateStore, createModelLimitStore, createQuotaStore } from './limit-stores.ts';

let opened: TestDatabase;

beforeEach(async () => {
  opened = await openTestDatabase();
});
afterEach(async () => {
  await opened[Symbol.asyncDispose]();
});

const book = (change: Partial<QuotaBook> = {}): QuotaBook => ({
  ...{ subject: 'key:a', unit: 'tokens', period: '2026-11-22' },
  ...change,
});

test('a quota is leased up to what is allowed, and what was used beyond is added', async () => {
  const quotas = createQuotaStore(opened.database);
  expect(await quotas.lease(book(), 60, 100)).toEqual({ granted: 60, taken: 60 });
  expect(await quotas.lease(book(), 60, 100)).toEqual({ granted: 40, taken: 100 });
  expect(await quotas.lease(book(), 60, 100)).toEqual({ granted: 0, taken: 100 });
  expect(await quotas.adjust(book(), 50)).toBe(150);
  expect(await quotas.lease(book(), 60, 100)).toEqual({ granted: 0, taken: 150 });
  expect(await quotas.adjust(book(), -120)).toBe(30);
  expect(await quotas.lease(book({ unit: 'micros' }), 5, 10)).toEqual({ granted: 5, taken: 5 });
});

test('leases at the same time never add up to more than is allowed', async () => {
  const quotas = createQuotaStore(opened.database);
  const leases = await Promise.all(Array.from({ length: 30 }, () => quotas.lease(book(), 7, 100)));
  expect(leases.reduce((sum, { granted }) => sum + granted, 0)).toBe(100);
});

test('books of a period are listed and forgotten together; one is told of once', async () => {
  const quotas = createQuotaStore(opened.database);
  await quotas.lease(book(), 1, 9);
  await quotas.lease(book({ period: '2026-11' }), 2, 9);
  await quotas.lease(book({ period: '2025-09-30' }), 3, 9);
  expect(await quotas.takenIn(['2026-11-22', '2026-11'])).toEqual([
    { ...book({ period: '2026-11' }), taken: 2 },
    { ...book(), taken: 1 },
  ]);
  expect(await quotas.tell(book())).toBe(true);
  expect(await quotas.tell(book())).toBe(false);
  expect(await quotas.tell(book({ subject: 'key:unknown' }))).toBe(false);
  await quotas.prune('2025-10');
  expect(await quotas.takenIn(['2025-09-30'])).toEqual([]);
  expect(await quotas.takenIn(['2026-11'])).toHaveLength(1);
});

test('rates are kept by an orderly stop alone', async () => {
  const rates = createLimitRateStore(opened.database);
  expect(await rates.open()).toBeUndefined();
  await rates.close('{"at":1}');
  expect(await rates.open()).toBe('{"at":1}');
  expect(await rates.open()).toBe('running');
});

test('limits of models are kept', async () => {
  const models = createModelLimitStore(opened.database);
  await models.save('guide', { requestsPerMinute: 5 });
  await models.save('guide', { tokensPerDay: 7 });
  await models.save('other', { concurrentRequests: 0 });
  await models.remove('other');
  expect(await models.list()).toEqual([{ modelId: 'guide', limits: { tokensPerDay: 7 } }]);
});

test('all of a key is kept, and what changed afterwards', async () => {
  const keys = createApiKeyStore(opened.database);
  const key = {
    ...{ id: 'k', personId: opened.ownerId, name: 'laptop', prefix: 'mp_a', hash: 'h' },
    createdAt: 1,
    expiresAt: 9,
    models: ['guide'],
    privacy: 'trusted',
    kind: 'service',
    allowedIps: ['10.0.0.0/8'],
    tags: ['team'],
    limits: { requestsPerMinute: 5, spendMicrosPerMonth: 0 },
  } as const;
  await keys.insert(key);
  expect(await keys.list()).toEqual([key]);
  const { id, personId, prefix, hash, createdAt, kind } = key;
  const changed = { id, personId, prefix, hash, createdAt, kind, name: 'desk' };
  await keys.update(changed);
  expect(await keys.list()).toEqual([changed]);
});
