import { describe, expect, test } from 'vitest';
import { openTestPeople, testOwnerId } from '../../testing/open-test-people.ts';

async function open() {
  const opened = await openTestPeople();
  const { accounts } = opened.people;
  const lab = await opened.startPool('lab');
  const barn = await opened.startPool('barn');
  const add = async (
    name: string,
    pools: readonly string[] = [],
    role: 'member' | 'viewer' = 'member',
  ) => (await accounts.create({ name, role, pools, by: testOwnerId })).person.id;
  const namesIn = (poolId: string) => opened.people.members.list(poolId).map(({ name }) => name);
  return { ...opened, accounts, lab, barn, add, namesIn };
}

describe('an account without a machine', () => {
  test('asks the pools that it is put into, and the shared providers', async () => {
    const { people, add, lab, barn, told, store } = await open();
    const mia = await add('Mia', [lab.id]);
    expect(people.scopes.of(mia)).toMatchObject({ pools: [lab.id], providers: 'shared' });
    expect(people.scopes.of(mia, barn.id).pools).toEqual([]);
    expect(people.members.find(lab.id, mia)).toMatchObject({ role: 'member', devices: [] });
    expect(told.events).toContainEqual(
      expect.objectContaining({ poolId: lab.id, kind: 'member-joined', person: 'Mia' }),
    );
    const restarted = await openTestPeople({ store });
    expect(restarted.people.scopes.of(mia)).toMatchObject({ pools: [lab.id] });
  });

  test('that only looks on, looks on there too', async () => {
    const { people, add, lab } = await open();
    const vic = await add('Vic', [lab.id], 'viewer');
    expect(people.scopes.role(vic, lab.id)).toBe('viewer');
    expect(people.scopes.of(vic).pools).toEqual([]);
  });

  test('moves between pools, and stays where nothing is said', async () => {
    const { accounts, add, lab, barn, namesIn } = await open();
    const mia = await add('Mia', [lab.id]);
    await accounts.update(mia, { pools: [barn.id], by: testOwnerId });
    expect([namesIn(lab.id), namesIn(barn.id)]).toEqual([['Olga'], ['Olga', 'Mia']]);
    await accounts.update(mia, { name: 'Mia B', by: testOwnerId });
    expect(namesIn(barn.id)).toEqual(['Olga', 'Mia B']);
    await accounts.update(mia, { pools: [], by: testOwnerId });
    expect(namesIn(barn.id)).toEqual(['Olga']);
  });

  test('whoever leaves so loses the machines that they had joined with', async () => {
    const { accounts, people, join, lab, told } = await open();
    const { membershipId } = await join(lab.id, 'Ann');
    const ann = people.devices.find(membershipId)?.personId ?? '';
    await accounts.update(ann, { role: 'member', pools: [], by: testOwnerId });
    expect(told.ended).toMatchObject([{ id: membershipId, reason: 'membership-revoked' }]);
  });
});

describe('who may put people into a pool', () => {
  test('is not an admin of the gateway alone, and then nobody is made', async () => {
    const { accounts, people, add, lab, namesIn } = await open();
    const admin = await accounts.create({ name: 'Boss', role: 'admin', by: testOwnerId });
    const by = admin.person.id;
    const wish = { name: 'Mia', role: 'member' as const, pools: [lab.id], by };
    await expect(accounts.create(wish)).rejects.toMatchObject({ code: 'forbidden' });
    expect(accounts.list().map(({ name }) => name)).toEqual(['Olga', 'Boss']);
    const tom = await add('Tom');
    const change = accounts.update(tom, { name: 'Tim', pools: [lab.id], by });
    await expect(change).rejects.toMatchObject({ code: 'forbidden' });
    expect(people.nameOf(tom)).toBe('Tom');

    await accounts.update(by, { pools: [lab.id], by: testOwnerId });
    await people.members.update(lab.id, by, { role: 'admin', by: testOwnerId });
    await accounts.create(wish);
    expect(namesIn(lab.id)).toEqual(['Olga', 'Boss', 'Mia']);
  });

  test('a pool that is not here is no pool', async () => {
    const { accounts, add, lab } = await open();
    await expect(add('Mia', ['nowhere'])).rejects.toMatchObject({ code: 'not-found' });
    const mia = await add('Mia', [lab.id]);
    const change = accounts.update(mia, { pools: ['nowhere'], by: testOwnerId });
    await expect(change).rejects.toMatchObject({ code: 'not-found' });
  });
});
