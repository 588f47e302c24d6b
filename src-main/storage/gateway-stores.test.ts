import { afterEach, beforeEach, expect, test } from 'vitest';
import { newId } from '../core/identity.ts';
import type { RequestLogStore } from '../gateway/ports.ts';
import { openTestDatabase, type TestDatabase } from '../testing/open-test-database.ts';
import { createApiKeyStore, createSessionStore } from './gateway-stores.ts';
import { createRequestLogStore } from './request-log-store.ts';
import { createModelPreferencesStore } from './model-preferences-store.ts';
import { ensureOwner } from './person-store.ts';

let opened: TestDatabase;

beforeEach(async () => {
  opened = await openTestDatabase();
});
afterEach(async () => {
  await opened[Symbol.asyncDispose]();
});

type RequestRecord = Parameters<RequestLogStore['append']>[0][number];

function record(startedAt: number, changes: Partial<RequestRecord> = {}): RequestRecord {
  return {
    id: newId(),
    startedAt,
    caller: 'keyless',
    client: 'curl',
    task: 'chat',
    path: '/v1/chat/completions',
    model: 'guide',
    streamed: true,
    state: 'done',
    ...changes,
  };
}

test('the owner is made once and stays the same', async () => {
  const again = await ensureOwner(opened.database, 5);
  expect(again).toEqual({ id: opened.ownerId, name: 'Owner', role: 'owner' });
});

test('keys are kept as hashes, touched and removed; a hash exists once', async () => {
  const keys = createApiKeyStore(opened.database);
  const key = {
    id: newId(),
    personId: opened.ownerId,
    name: 'laptop',
    prefix: 'mp-abc',
    hash: 'h1',
    createdAt: 1,
  };
  await keys.insert(key);
  await expect(keys.insert({ ...key, id: newId() })).rejects.toMatchObject({ code: 'conflict' });
  expect(await keys.list()).toEqual([key]);
  await keys.touch(key.id, 9);
  expect(await keys.list()).toEqual([{ ...key, lastUsedAt: 9 }]);
  await keys.remove(key.id);
  expect(await keys.list()).toEqual([]);
});

test('sessions are kept, touched and removed', async () => {
  const sessions = createSessionStore(opened.database);
  const session = {
    id: newId(),
    personId: opened.ownerId,
    tokenHash: 't1',
    createdAt: 1,
    lastUsedAt: 1,
  };
  await sessions.insert(session);
  await sessions.touch(session.id, 7);
  expect(await sessions.list()).toEqual([{ ...session, lastUsedAt: 7 }]);
  await sessions.remove(session.id);
  expect(await sessions.list()).toEqual([]);
});

test('a session of nobody is refused', async () => {
  const sessions = createSessionStore(opened.database);
  const stray = { id: newId(), personId: 'nobody', tokenHash: 't', createdAt: 1, lastUsedAt: 1 };
  await expect(sessions.insert(stray)).rejects.toMatchObject({ name: 'MillpondError' });
});

test('requests come back whole, newest first, filtered and counted', async () => {
  const log = createRequestLogStore(opened.database);
  const whole = record(3, {
    state: 'failed',
    status: 503,
    machine: 'Mill',
    durationMs: 12.5,
    usage: {
      ...{ promptTokens: 1, cachedTokens: 0, completionTokens: 2, reasoningTokens: 0 },
      ...{ cacheWriteTokens: 1, isEstimated: true },
    },
    timings: { queuedMs: 1, loadMs: 2, prefillMs: 3, firstTokenMs: 4, decodeMs: 5 },
    error: { code: 'engine-crashed', message: 'Gone' },
    personId: newId(),
    poolId: newId(),
    movedFrom: ['Attic'],
    keyId: newId(),
    alias: 'clever',
    provider: 'Work',
    upstream: 'm2',
    costMicros: 31_600,
    isUnpriced: true,
    creditMicros: 7,
    isCached: true,
    tags: ['team-a', 'tool'],
    route: {
      strategy: 'expected-time',
      candidates: [
        { upstream: 'm1', machine: 'Attic', expectedMs: 1.5, cachedTokens: 3, isChosen: true },
        { upstream: 'm2', machine: 'Shed', isChosen: false, excluded: 'it is a guest' },
      ],
      attempts: [
        {
          upstream: 'm1',
          machine: 'Attic',
          startedMs: 0,
          failure: { code: 'unavailable', message: 'Lost', reason: 'node-lost' },
          tokens: 7,
        },
        { upstream: 'm2', machine: 'Shed', startedMs: 9, tokens: 3, pauseMs: 250 },
      ],
      queuedMs: 0.5,
      isSticky: false,
    },
  });
  const records = [record(1), record(2, { model: '100%_real' }), whole];
  await log.append(records);
  await log.append(records); // written again after a doubtful failure
  const query = (extra: object) => log.query({ limit: 10, ...extra });
  expect(await query({})).toEqual({ requests: records.toReversed(), total: 3 });
  expect(await query({ limit: 1, before: 3 })).toEqual({ requests: [records[1]], total: 3 });
  expect(await query({ state: 'failed' })).toEqual({ requests: [whole], total: 1 });
  expect(await query({ poolId: whole.poolId })).toEqual({ requests: [whole], total: 1 });
  expect(await query({ poolId: newId() })).toEqual({ requests: [], total: 0 });
  const { keyId, personId, provider } = whole;
  for (const one of [
    { keyId },
    { personId },
    { provider },
    { machine: 'Mill' },
    { machine: 'm2' },
  ]) {
    expect(await query(one)).toEqual({ requests: [whole], total: 1 });
  }
  expect(await query({ model: '100%_real' })).toMatchObject({ total: 1 });
  expect(await query({ model: 'guide', keyId: newId() })).toMatchObject({ total: 0 });
  expect(await query({ search: 'clev' })).toMatchObject({ total: 1 });
  expect(await log.get(whole.id)).toEqual(whole);
  expect(await log.get(newId())).toBeUndefined();
  expect(await query({ search: '%_r' })).toEqual({ requests: [records[1]], total: 1 });
  expect(await query({ search: 'CURL' })).toMatchObject({ total: 3 });
  expect(await query({ search: '100_' })).toMatchObject({ total: 0 });
});

test('a batch of any size is written, and old requests are pruned', async () => {
  const log = createRequestLogStore(opened.database);
  await log.append([]);
  await log.append(Array.from({ length: 3_000 }, (_, index) => record(index)));
  expect((await log.query({ limit: 1 })).total).toBe(3_000);
  expect(await log.size()).toMatchObject({ rows: 3_000 });
  expect(await log.deleteOldest(5_000, 2_990)).toBe(2_990);
  expect((await log.query({ limit: 100 })).requests).toHaveLength(10);
});

test('choices for a model replace the former ones', async () => {
  const store = createModelPreferencesStore(opened.database);
  await store.save('guide', { options: { contextLength: 4_096 }, systemPrompt: '' });
  await store.save('guide', { options: { flashAttention: true }, systemPrompt: 'Be kind.' });
  await store.save('other', { options: {}, systemPrompt: 'Be brief.' });
  expect([...(await store.list())]).toEqual([
    ['guide', { options: { flashAttention: true }, systemPrompt: 'Be kind.' }],
    ['other', { options: {}, systemPrompt: 'Be brief.' }],
  ]);
});
