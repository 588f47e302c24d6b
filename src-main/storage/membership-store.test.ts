import { expect, test } from 'vitest';
import type { JoinedPool } from '../agent/ports.ts';
import { openTestDatabase } from '../testing/open-test-database.ts';
import { createContributionStore } from './contribution-store.ts';
import { createMembershipStore } from './membership-store.ts';

function pool(change: Partial<JoinedPool> = {}): JoinedPool {
  return {
    ...{ membershipId: 'm-1', poolId: 'p-1', poolName: 'Lane', gatewayName: 'mill' },
    ...{ personName: 'Bo', role: 'member', trust: 'trusted', mayServe: true, mayAsk: true },
    gateway: { candidates: ['192.0.2.1:8443'], trust: { kind: 'pin', spki: 'abc' } },
    ...{ epoch: 0, joinedAt: 5, isSharing: true, offersPools: false },
    ...change,
  };
}

test('joined pools are kept oldest first, replaced by id and removed', async () => {
  await using opened = await openTestDatabase();
  const store = createMembershipStore(opened.database);
  const younger = pool({
    ...{ membershipId: 'm-2', joinedAt: 9, isSharing: false, offersPools: true },
    gateway: { candidates: [], trust: { kind: 'webpki', host: 'pool.example' } },
  });
  await store.save(younger);
  await store.save(pool());
  expect(await store.list()).toEqual([pool(), younger]);
  await store.save(pool({ poolName: 'Street', isSharing: false }));
  expect((await store.list())[0]).toMatchObject({ poolName: 'Street', isSharing: false });
  await store.remove('m-1');
  expect(await store.list()).toEqual([younger]);
});

test('an epoch only ever grows, also when the rest of the membership is written again', async () => {
  await using opened = await openTestDatabase();
  const store = createMembershipStore(opened.database);
  await store.save(pool());
  await store.saveEpoch('m-1', 7);
  await store.saveEpoch('m-1', 3);
  await store.save(pool({ epoch: 0, poolName: 'Street' }));
  expect(await store.list()).toMatchObject([{ epoch: 7, poolName: 'Street' }]);
});

test('what only a newer Millpond knows counts as the least of rights', async () => {
  await using opened = await openTestDatabase();
  const { membershipId, epoch, joinedAt, ...terms } = pool();
  await opened.database
    .insertInto('joined_pools')
    .values({
      ...{ membership_id: membershipId, epoch, joined_at: joinedAt, is_sharing: 1 },
      terms: JSON.stringify({ ...terms, role: 'emperor', trust: 'blind' }),
    })
    .execute();
  const stored = await createMembershipStore(opened.database).list();
  expect(stored).toMatchObject([{ role: 'viewer', trust: 'guest' }]);
});

test('contributions add up by the day and in all, and come oldest first', async () => {
  await using opened = await openTestDatabase();
  const store = createContributionStore(opened.database);
  expect(await store.total()).toEqual({ givenTokens: 0, givenAnswers: 0, usedTokens: 0 });
  const line = (day: string, givenTokens: number) => ({
    ...{ day, givenTokens, givenAnswers: 1, usedTokens: 2 },
  });
  for (const each of [line('2026-11-21', 10), line('2026-11-20', 5), line('2026-11-21', 1)]) {
    await store.add(each);
  }
  expect(await store.days(30)).toEqual([
    line('2026-11-20', 5),
    { day: '2026-11-21', givenTokens: 11, givenAnswers: 2, usedTokens: 4 },
  ]);
  expect(await store.days(1)).toMatchObject([{ day: '2026-11-21' }]);
  expect(await store.total()).toEqual({ givenTokens: 16, givenAnswers: 3, usedTokens: 6 });
});
