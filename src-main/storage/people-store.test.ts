import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { People } from '../gateway/people/create-people.ts';
import { openGatewayIdentity } from '../gateway/people/gateway-identity.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import { databaseWorkerFile, openTestDatabase } from '../testing/open-test-database.ts';
import type { TestDatabase } from '../testing/open-test-database.ts';
import { enrolment, openTestPeople, testPassword } from '../testing/open-test-people.ts';
import { TunnelRefusal } from '../tunnel/refusal.ts';
import { createGatewayIdentityStore } from './gateway-identity-store.ts';
import { createApiKeyStore } from './gateway-stores.ts';
import { openDatabase } from './open-database.ts';
import { createPeopleStore } from './people-store.ts';

async function openPeople({ database, ownerId }: TestDatabase) {
  return openTestPeople({ store: createPeopleStore(database), ownerId });
}

/** What somebody gets who redeems: a grant, or the reason of the refusal. */
function redeem(people: People, secret: string, name: string): Promise<string> {
  return people.gate.enrol(enrolment(secret, name)).then(
    () => 'in',
    (error: unknown) => (error instanceof TunnelRefusal ? error.reason : String(error)),
  );
}

/** A generator of small whole numbers: the same for the same seed. */
function seeded(seed: number): (below: number) => number {
  let state = seed * 2_654_435_761 + 1;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((done) => setImmediate(done));
}

describe('E23: an invite with two uses', () => {
  test('lets exactly two of three in who come at once, whatever the order (50 seeds)', async () => {
    await using test = await openTestDatabase();
    const { people, startPool, invite } = await openPeople(test);
    const pool = await startPool();
    for (let seed = 0; seed < 50; seed += 1) {
      const random = seeded(seed);
      const secret = await invite(pool.id, { maxUses: 2 });
      const outcomes = await Promise.all(
        ['Ann', 'Bob', 'Cid'].map(async (name) => {
          await turns(random(4));
          return redeem(people, secret, name);
        }),
      );
      expect([seed, outcomes.toSorted()]).toEqual([seed, ['in', 'in', 'invite-used-up']]);
    }
    expect(people.members.list(pool.id)).toHaveLength(101);
  });

  test('counts over a restart, and two gateways on one database never let three in', async () => {
    await using test = await openTestDatabase();
    const first = await openPeople(test);
    const pool = await first.startPool();
    const secret = await first.invite(pool.id, { maxUses: 2 });
    expect(await redeem(first.people, secret, 'Ann')).toBe('in');
    // Both have read the one use that is left; only the database knows who is first.
    const [second, third] = await Promise.all([openPeople(test), openPeople(test)]);
    const outcomes = await Promise.all([
      redeem(second.people, secret, 'Bob'),
      redeem(third.people, secret, 'Cid'),
    ]);
    expect(outcomes.toSorted()).toEqual(['in', 'invite-used-up']);
    const restarted = await openPeople(test);
    expect(await redeem(restarted.people, secret, 'Dan')).toBe('invite-used-up');
    expect(restarted.people.members.list(pool.id)).toHaveLength(3);
  });

  test('a use is not spent when the device cannot be written down', async () => {
    await using test = await openTestDatabase();
    const { people, startPool, invite, store } = await openPeople(test);
    const pool = await startPool();
    const other = await startPool('attic');
    const device = enrolment(await invite(other.id), 'Ann');
    await people.gate.enrol(device);
    const secret = await invite(pool.id, { maxUses: 1 });
    // One key belongs to one membership: the database refuses the second.
    await expect(people.gate.enrol({ ...device, invite: secret })).rejects.toMatchObject({
      code: 'conflict',
    });
    const stored = (await store.load()).invites.find((each) => each.poolId === pool.id);
    expect(stored?.uses).toBe(0);
    expect(await redeem(people, secret, 'Bob')).toBe('in');
  });
});

test('a list of invites is written as one: all of them, or none', async () => {
  await using test = await openTestDatabase();
  const { people, startPool, store } = await openPeople(test);
  const pool = await startPool();
  const csv = Array.from({ length: 499 }, (_, number) => `p${number.toString()}`).join('\n');
  const terms = { rights: 'ask', role: 'member', trust: 'guest', models: [] } as const;
  await people.inviteAll({ poolId: pool.id, csv, terms, by: people.ownerId });
  const { invites } = await store.load();
  expect(invites).toHaveLength(499);
  const [twice] = invites;
  if (twice === undefined) throw new Error('no invite was stored');
  const another = { ...twice, id: 'another', hash: 'f'.repeat(64) };
  await expect(store.insertInvites([another, twice])).rejects.toThrow();
  expect((await store.load()).invites).toHaveLength(499);
});

test('everything is the same after a restart', async () => {
  await using test = await openTestDatabase();
  const before = await openPeople(test);
  const { people, startPool, join, invite } = before;
  const pool = await startPool();
  await people.pools.update(pool.id, { strategy: 'sticky', isIsolated: true });
  const grant = await join(pool.id, 'Ann', { models: ['qwen'], trust: 'guest', role: 'admin' });
  await people.devices.update(grant.membershipId, { name: 'desk', trust: 'own' });
  people.gate.epochUsed(grant.membershipId, 9);
  await invite(pool.id, { expiresAt: before.clock.now() + 1000, maxUses: 3 });
  const gone = await join(pool.id, 'Bob');
  await people.devices.revoke(gone.membershipId);
  const stopped = await startPool('attic');
  await people.pools.remove(stopped.id);

  const { people: after } = await openPeople(test);
  expect(after.pools.list()).toEqual(people.pools.list());
  expect(after.members.list(pool.id)).toEqual(people.members.list(pool.id));
  expect(after.invites.list(pool.id)).toEqual(people.invites.list(pool.id));
  expect(after.gate.membership(grant.membershipId)).toEqual(
    people.gate.membership(grant.membershipId),
  );
  expect(after.gate.membership(grant.membershipId)).toMatchObject({ epoch: 9, trust: 'own' });
  expect(() => after.gate.membership(gone.membershipId)).toThrow('was removed from “lab-one”');
  expect(await after.passwords.verify('', testPassword)).toMatchObject({ role: 'owner' });
});

test('no secret is found in the files of the database', async () => {
  await using test = await openTestDatabase();
  const { people, startPool, invite, ...rest } = await openPeople(test);
  const pool = await startPool();
  const secret = await invite(pool.id);
  await redeem(people, secret, 'Ann');
  const { key } = await rest.keys.create(people.ownerId, 'laptop');
  const secrets = new Map<string, string>();
  const identity = await openGatewayIdentity({
    store: createGatewayIdentityStore(test.database),
    secrets: {
      read: (name) => Promise.resolve(secrets.get(name)),
      write: (name, value) => Promise.resolve(void secrets.set(name, value ?? '')),
    },
    clock: createFakeClock(),
  });
  const stored = await createApiKeyStore(test.database).list();
  expect(stored).toEqual([]);
  await createApiKeyStore(test.database).insert({
    ...{ id: 'k', personId: people.ownerId, name: 'laptop', prefix: key.slice(0, 10) },
    ...{ hash: 'not the key', createdAt: 1, expiresAt: 5, poolId: pool.id },
    ...{ models: ['qwen'], privacy: 'any' },
  });
  expect(await createApiKeyStore(test.database).list()).toMatchObject([
    { expiresAt: 5, poolId: pool.id, models: ['qwen'], privacy: 'any' },
  ]);
  await test.database.destroy();
  const files = readdirSync(test.folder).filter((name) => name.startsWith('millpond.db'));
  const bytes = Buffer.concat(files.map((name) => readFileSync(join(test.folder, name))));
  // What may be there shows that the search can find something.
  for (const known of ['lab-one', secret.slice(0, 6), identity.gatewayId, 'scrypt$15$8$1$']) {
    expect(bytes.includes(known)).toBe(true);
  }
  const keyLine = identity.authority.keyPem.split('\n')[1] ?? '';
  for (const hidden of [secret, testPassword, key, keyLine]) {
    expect(hidden.length).toBeGreaterThan(10);
    expect(bytes.includes(hidden)).toBe(false);
  }
});

test('the gateway keeps its identity, and says so when its key is gone', async () => {
  await using test = await openTestDatabase();
  const kept = new Map<string, string>();
  const open = () =>
    openGatewayIdentity({
      store: createGatewayIdentityStore(test.database),
      secrets: {
        read: (name) => Promise.resolve(kept.get(name)),
        write: (name, value) => Promise.resolve(void kept.set(name, value ?? '')),
      },
      clock: createFakeClock(),
    });
  const first = await open();
  expect(await open()).toEqual(first);
  kept.clear();
  await expect(open()).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('bring back secret.key and secrets.json') as string,
  });
});

test('a database that cannot be written lets nobody in', async () => {
  await using test = await openTestDatabase();
  const { people, startPool, invite } = await openPeople(test);
  const pool = await startPool();
  const secret = await invite(pool.id);
  await test.database.destroy();
  expect(await redeem(people, secret, 'Ann')).not.toBe('in');
  expect(people.members.list(pool.id)).toHaveLength(1);
  // Opened again, nothing of it is there.
  const again = await openDatabase({ file: test.file, workerFile: databaseWorkerFile });
  const { devices } = await createPeopleStore(again).load();
  expect(devices).toEqual([]);
  await again.destroy();
});
