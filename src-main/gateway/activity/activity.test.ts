import { expect, test } from 'vitest';
import type { RequestRecord } from '../../contract/activity.ts';
import { createMemoryStores } from '../../testing/memory-stores.ts';
import { createActivity } from './activity.ts';

function recordOf(id: string, startedAt: number, more: Partial<RequestRecord> = {}): RequestRecord {
  return {
    ...{ id, startedAt, caller: 'keyless', client: 'curl', task: 'chat' },
    ...{ path: '/v1/chat/completions', model: 'guide', streamed: true, state: 'done' },
    ...more,
  };
}

/** One request to a pool and one of this machine, each running, ended and written. */
async function setUp() {
  const { requestLog } = createMemoryStores();
  const poolId = 'mill';
  const two = (name: string, startedAt: number, state: RequestRecord['state']) => [
    recordOf(`${name}-pool`, startedAt, { state, poolId }),
    recordOf(`${name}-own`, startedAt - 1, { state }),
  ];
  await requestLog.append(two('written', 20, 'done'));
  return createActivity({
    live: { running: () => two('running', 40, 'answering'), cancel: () => false },
    writer: { pending: () => two('ended', 30, 'done') },
    store: requestLog,
  });
}

test('the requests of one pool are picked out of the whole log, not of the page on screen', async () => {
  const activity = await setUp();
  const { requests, total } = await activity.list({ limit: 2, poolId: 'mill' });
  expect(requests.map(({ id }) => id)).toEqual(['running-pool', 'ended-pool']);
  expect(total).toBe(3);
  const older = await activity.list({ limit: 2, poolId: 'mill', before: 30 });
  expect(older.requests.map(({ id }) => id)).toEqual(['written-pool']);
  expect((await activity.list({ limit: 9, poolId: 'reed' })).total).toBe(0);
});

test('one request is found while it runs, before it is written and in the log', async () => {
  const activity = await setUp();
  for (const id of ['running-own', 'ended-pool', 'written-own']) {
    expect((await activity.get(id)).id).toBe(id);
  }
  await expect(activity.get('pruned')).rejects.toMatchObject({ code: 'not-found' });
});

test('requests are picked by key, person, model, provider and machine, wherever they are', async () => {
  const { requestLog } = createMemoryStores();
  const cloud = {
    ...{ keyId: 'k1', personId: 'ann', provider: 'Work', upstream: 'p1', machine: 'Cloud' },
    ...{ model: 'opus', alias: 'clever' },
  };
  await requestLog.append([recordOf('w', 1, cloud), recordOf('w2', 1)]);
  const activity = createActivity({
    live: {
      running: () => [recordOf('r', 3, { ...cloud, state: 'answering' }), recordOf('r2', 3)],
      cancel: () => false,
    },
    writer: { pending: () => [recordOf('e', 2, cloud), recordOf('e2', 2)] },
    store: requestLog,
  });
  const wishes = [
    ...[{ keyId: 'k1' }, { personId: 'ann' }, { provider: 'Work' }, { model: 'opus' }],
    ...[{ machine: 'Cloud' }, { machine: 'p1' }, { search: 'clever' }],
  ];
  for (const wish of wishes) {
    const { requests, total } = await activity.list({ limit: 9, ...wish });
    expect(requests.map(({ id }) => id)).toEqual(['r', 'e', 'w']);
    expect(total).toBe(3);
  }
  expect((await activity.list({ limit: 9, keyId: 'k1', model: 'guide' })).total).toBe(0);
});
