import { describe, expect, test } from 'vitest';
import { openTestPeople, testOwnerId, testPassword } from '../../testing/open-test-people.ts';

describe('the first pool', () => {
  test('needs a password of the owner, and says why', async () => {
    const { people, told } = await openTestPeople();
    await expect(people.pools.start({ name: 'lab' })).rejects.toMatchObject({
      code: 'invalid-request',
      param: 'password',
      message: expect.stringContaining('Choose a password first') as string,
    });
    await expect(people.pools.start({ name: 'lab', password: 'short' })).rejects.toMatchObject({
      message: 'A password needs at least 10 characters',
    });
    expect(people.pools.list()).toEqual([]);
    expect(told.keylessOff).toBe(0);
  });

  test('sets the password, switches keyless off and makes its owner a member', async () => {
    const { people, told } = await openTestPeople();
    const pool = await people.pools.start({ name: 'lab', password: testPassword });
    expect(told.keylessOff).toBe(1);
    expect(await people.passwords.verify('', testPassword)).toMatchObject({ id: testOwnerId });
    expect(people.members.list(pool.id)).toMatchObject([{ name: 'Olga', role: 'owner' }]);
    const second = await people.pools.start({ name: 'attic' });
    expect(told.keylessOff).toBe(1);
    expect(people.pools.list()).toEqual([pool, second]);
  });

  test('names its owner together with the password, and nobody later', async () => {
    const { people } = await openTestPeople();
    const wish = { password: testPassword, ownerName: ' Mara ' };
    const pool = await people.pools.start({ name: 'lab', ...wish });
    await people.pools.start({ name: 'attic', ownerName: 'Jon' });
    expect(people.members.list(pool.id)).toMatchObject([{ name: 'Mara', role: 'owner' }]);
  });

  test('is not started when keyless could not be switched off', async () => {
    const { people } = await openTestPeople({
      turnKeylessOff: () => Promise.reject(new Error('the settings file is read-only')),
    });
    const { pools } = people;
    await expect(pools.start({ name: 'lab', password: testPassword })).rejects.toThrow('read-only');
    expect(pools.list()).toEqual([]);
  });
});

describe('a pool', () => {
  test('has a name of its own, whatever its case', async () => {
    const { people, startPool } = await openTestPeople();
    const pool = await startPool('Lab');
    const other = await startPool('attic');
    await expect(people.pools.start({ name: 'lab' })).rejects.toMatchObject({ code: 'conflict' });
    await expect(people.pools.update(other.id, { name: 'LAB' })).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(await people.pools.update(pool.id, { name: 'LAB' })).toMatchObject({ name: 'LAB' });
  });

  test('that is renamed is told to its machines; other changes are not', async () => {
    const { people, startPool, join, told } = await openTestPeople();
    const pool = await startPool('lab');
    const { membershipId } = await join(pool.id, 'Ann');
    await people.pools.update(pool.id, { strategy: 'sticky', isIsolated: true });
    expect(told.changed).toEqual([]);
    await people.pools.update(pool.id, { name: 'mill' });
    expect(told.changed).toMatchObject([{ membershipId, poolName: 'mill' }]);
    expect(people.pools.find(pool.id)).toMatchObject({ strategy: 'sticky', isIsolated: true });
  });

  test('that is stopped ends invites, memberships and keys at once, and says so for ever', async () => {
    const { people, startPool, join, invite, keys, sessions, told, store } = await openTestPeople();
    const pool = await startPool('lab');
    const other = await startPool('attic');
    const secret = await invite(pool.id);
    const { membershipId } = await join(pool.id, 'Ann');
    const ann = people.gate.membership(membershipId)?.personId ?? '';
    const { key } = await keys.create(ann, 'script', { poolId: pool.id });
    const { key: kept } = await keys.create(testOwnerId, 'mine', { poolId: other.id });
    const { token } = await sessions.openFor(ann);

    await people.pools.remove(pool.id);

    const sentence =
      'The pool “lab” was stopped by its owner; leave it, or ask whether there is a new one';
    expect(told.ended).toEqual([{ id: membershipId, reason: 'pool-stopped', message: sentence }]);
    expect(() => people.gate.membership(membershipId)).toThrow(sentence);
    expect(keys.find(key)).toBeUndefined();
    expect(keys.find(kept)).toBeDefined();
    expect(sessions.find(token)).toBeUndefined();
    expect(people.scopes.of(ann)).toEqual({ pools: [], isVisitor: true });
    expect(people.pools.list()).toEqual([other]);
    const late = { invite: secret, publicKey: new Uint8Array(32), deviceName: 'x', personName: '' };
    await expect(people.gate.enrol(late)).rejects.toMatchObject({ reason: 'invalid-invite' });

    const restarted = await openTestPeople({ store });
    expect(() => restarted.people.gate.membership(membershipId)).toThrow(sentence);
  });

  test('is seen by its members and the owner, and by nobody else', async () => {
    const { people, startPool, join } = await openTestPeople();
    const lab = await startPool('lab');
    const attic = await startPool('attic');
    const { membershipId } = await join(lab.id, 'Ann');
    const ann = people.gate.membership(membershipId)?.personId ?? '';
    expect(people.pools.listFor(ann)).toEqual([lab]);
    expect(people.pools.listFor(testOwnerId)).toEqual([lab, attic]);
    expect(people.pools.listFor('nobody')).toEqual([]);
  });
});
