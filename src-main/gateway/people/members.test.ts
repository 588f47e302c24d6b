import { describe, expect, test } from 'vitest';
import { openTestPeople, testOwnerId } from '../../testing/open-test-people.ts';
import type { TestPeople } from '../../testing/open-test-people.ts';

async function openLab() {
  const test = await openTestPeople();
  const lab = await test.startPool('lab');
  const personOf = async (name: string, wish: Parameters<TestPeople['join']>[2] = {}) => {
    const { membershipId } = await test.join(lab.id, name, wish);
    return { membershipId, personId: test.people.devices.find(membershipId)?.personId ?? '' };
  };
  return { ...test, lab, personOf };
}

test('a member who is removed while they are changed stays removed', async () => {
  const { people, lab, personOf, store } = await openLab();
  const { personId } = await personOf('Ann');
  const gate = Promise.withResolvers<undefined>();
  store.updateMember = () => gate.promise;
  const changed = people.members.update(lab.id, personId, { role: 'viewer', by: testOwnerId });
  await people.members.remove(lab.id, personId, { by: testOwnerId });
  gate.resolve(undefined);
  await expect(changed).rejects.toMatchObject({ code: 'not-found' });
  expect(people.scopes.role(personId, lab.id)).toBeUndefined();
  expect(people.members.list(lab.id).map(({ name }) => name)).toEqual(['Olga']);
});

describe('a member who is removed', () => {
  test('loses devices, pool keys and sessions at once, and each device is told', async () => {
    const { people, lab, personOf, join, keys, sessions, told } = await openLab();
    const ann = await personOf('Ann');
    const second = await join(lab.id, 'Ann', { personId: ann.personId });
    const { key } = await keys.create(ann.personId, 'script', { poolId: lab.id });
    const { token } = await sessions.openFor(ann.personId);
    const closed: string[] = [];
    sessions.onClosed((id) => closed.push(id));

    await people.members.remove(lab.id, ann.personId, { by: testOwnerId });

    const message = 'This device was removed from “lab”; ask its owner for a new invite';
    expect(told.ended).toEqual(
      [ann.membershipId, second.membershipId].map((id) => ({
        ...{ id, message },
        reason: 'membership-revoked',
      })),
    );
    expect(() => people.gate.membership(ann.membershipId)).toThrow(message);
    expect(people.devices.find(second.membershipId)).toBeUndefined();
    expect(keys.find(key)).toBeUndefined();
    expect(sessions.find(token)).toBeUndefined();
    expect(closed).toHaveLength(1);
    expect(people.scopes.role(ann.personId, lab.id)).toBeUndefined();
    expect(told.events.at(-1)).toMatchObject({ kind: 'member-removed', person: 'Ann' });
  });

  test('keeps what belongs to other pools', async () => {
    const { people, lab, personOf, startPool, join, keys, sessions } = await openLab();
    const ann = await personOf('Ann');
    const attic = await startPool('attic');
    const { membershipId } = await join(attic.id, 'Ann', { personId: ann.personId });
    const { key } = await keys.create(ann.personId, 'attic only', { poolId: attic.id });
    const { token } = await sessions.openFor(ann.personId);
    await people.members.remove(lab.id, ann.personId, { by: testOwnerId });
    expect(people.devices.find(membershipId)).toMatchObject({ poolName: 'attic' });
    expect(keys.find(key)).toBeDefined();
    expect(sessions.find(token)).toBeDefined();
    expect(people.scopes.of(ann.personId)).toEqual({
      pools: [attic.id],
      isVisitor: true,
      providers: 'shared',
    });
  });

  test('is out even while the disk cannot write it down, and the owner hears that it could not', async () => {
    const { people, lab, personOf, store, told } = await openLab();
    const ann = await personOf('Ann');
    store.removeMember = () => Promise.reject(new Error('the disk is full'));
    const removing = people.members.remove(lab.id, ann.personId, { by: testOwnerId });
    expect(told.ended).toHaveLength(1);
    expect(people.devices.find(ann.membershipId)).toBeUndefined();
    await expect(removing).rejects.toThrow('the disk is full');
  });
});

describe('ranks', () => {
  test('an admin manages members, but neither admins nor the owner, and makes no admins', async () => {
    const { people, lab, personOf } = await openLab();
    const admin = await personOf('Ada', { role: 'admin' });
    const other = await personOf('Adam', { role: 'admin' });
    const ann = await personOf('Ann');
    const { members, invites } = people;
    const by = admin.personId;

    await members.update(lab.id, ann.personId, { role: 'viewer', by });
    expect(members.find(lab.id, ann.personId)).toMatchObject({ role: 'viewer' });
    for (const target of [other.personId, testOwnerId]) {
      await expect(members.update(lab.id, target, { role: 'viewer', by })).rejects.toMatchObject({
        code: 'forbidden',
      });
      await expect(members.remove(lab.id, target, { by })).rejects.toMatchObject({
        code: 'forbidden',
      });
    }
    const wish = { rights: 'ask', trust: 'guest', models: [], by } as const;
    await expect(members.update(lab.id, ann.personId, { role: 'admin', by })).rejects.toThrow(
      'Only the owner of the pool makes admins',
    );
    await expect(invites.create(lab.id, { ...wish, role: 'admin' })).rejects.toThrow('Only the');
    await expect(invites.create(lab.id, { ...wish, role: 'member' })).resolves.toBeDefined();
  });

  test('devices are invited for oneself and for those below, never for those above', async () => {
    const { people, lab, personOf, join } = await openLab();
    const admin = await personOf('Ada', { role: 'admin' });
    const ann = await personOf('Ann');
    const by = admin.personId;
    for (const personId of [by, ann.personId]) {
      const { membershipId } = await join(lab.id, 'ignored', { personId, by });
      expect(people.devices.find(membershipId)).toMatchObject({ personId });
    }
    await expect(join(lab.id, 'Eve', { personId: testOwnerId, by })).rejects.toMatchObject({
      ...{ code: 'forbidden', param: 'personId' },
    });
    const own = await join(lab.id, 'ignored', { personId: testOwnerId });
    expect(people.devices.find(own.membershipId)).toMatchObject({ role: 'owner' });
  });

  test('nobody is made a second owner, and a member grants nothing', async () => {
    const { people, lab, personOf } = await openLab();
    const ann = await personOf('Ann');
    const bob = await personOf('Bob');
    await expect(
      people.members.update(lab.id, ann.personId, { role: 'owner', by: testOwnerId }),
    ).rejects.toThrow('A pool has one owner');
    await expect(
      people.members.remove(lab.id, bob.personId, { by: ann.personId }),
    ).rejects.toMatchObject({ code: 'forbidden' });
  });
});

describe('what exists for whom', () => {
  test('the owner has every pool and this machine; members are visitors in theirs', async () => {
    const { people, lab, personOf, startPool } = await openLab();
    const attic = await startPool('attic');
    const ann = await personOf('Ann', { models: ['qwen'] });
    const { scopes } = people;
    expect(scopes.of(testOwnerId)).toEqual({ pools: [lab.id, attic.id], providers: 'own' });
    const visitor = { isVisitor: true, providers: 'shared' };
    expect(scopes.of(testOwnerId, attic.id)).toEqual({ pools: [attic.id], ...visitor });
    const hers = { pools: [lab.id], ...visitor, models: ['qwen'] };
    expect(scopes.of(ann.personId)).toEqual(hers);
    expect(scopes.of(ann.personId, lab.id)).toEqual(hers);
    expect(scopes.of(ann.personId, attic.id)).toEqual({ pools: [], isVisitor: true });
    expect(scopes.of('an outsider')).toEqual({ pools: [], isVisitor: true });
  });

  test('changed rights are in force for the next request, and told to the devices', async () => {
    const { people, lab, personOf, told } = await openLab();
    const ann = await personOf('Ann');
    expect(people.scopes.of(ann.personId).models).toBeUndefined();
    const { members } = people;
    await members.update(lab.id, ann.personId, { models: ['qwen'], by: testOwnerId });
    expect(people.scopes.of(ann.personId).models).toEqual(['qwen']);
    await members.update(lab.id, ann.personId, { role: 'viewer', by: testOwnerId });
    expect(people.scopes.of(ann.personId).pools).toEqual([]);
    expect(told.changed.at(-1)).toMatchObject({ role: 'viewer', mayAsk: false });
  });
});

describe('a device', () => {
  test('is renamed and trusted by the owner, revoked at once, and its link hears each', async () => {
    const { people, personOf, told } = await openLab();
    const { membershipId } = await personOf('Ann');
    await people.devices.update(membershipId, { trust: 'guest' });
    expect(told.changed).toMatchObject([{ membershipId, trust: 'guest' }]);
    await people.devices.revoke(membershipId);
    expect(told.ended).toMatchObject([{ id: membershipId, reason: 'membership-revoked' }]);
    expect(told.events.at(-1)).toMatchObject({ kind: 'machine-revoked', machine: "Ann's laptop" });
    await expect(people.devices.revoke(membershipId)).rejects.toMatchObject({ code: 'not-found' });
    expect(people.gate.membership('never')).toBeUndefined();
  });

  test('keeps the highest epoch, also over a restart and a rename', async () => {
    const { people, personOf, store } = await openLab();
    const { membershipId } = await personOf('Ann');
    people.gate.epochUsed(membershipId, 7);
    people.gate.epochUsed(membershipId, 3);
    expect(people.gate.membership(membershipId)).toMatchObject({ epoch: 7 });
    await people.devices.update(membershipId, { name: 'desk' });
    const restarted = await openTestPeople({ store });
    expect(restarted.people.gate.membership(membershipId)).toMatchObject({ epoch: 7 });
  });

  test('is seen, but not written down more than once a minute', async () => {
    const { people, personOf, clock, store } = await openLab();
    const { membershipId } = await personOf('Ann');
    let writes = 0;
    const touch = store.touchDevice.bind(store);
    store.touchDevice = (...input) => {
      writes += 1;
      return touch(...input);
    };
    for (let second = 0; second < 125; second += 1) {
      people.devices.seen(membershipId);
      await clock.advance(1000);
    }
    expect(writes).toBe(3);
  });
});
