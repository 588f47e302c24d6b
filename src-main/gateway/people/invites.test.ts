import { describe, expect, test } from 'vitest';
import { enrolment, openTestPeople, testOwnerId } from '../../testing/open-test-people.ts';
import { TunnelRefusal } from '../../tunnel/refusal.ts';

async function openLab() {
  const opened = await openTestPeople();
  const lab = await opened.startPool('lab');
  const refusalOf = async (secret: string): Promise<TunnelRefusal> => {
    const refused: unknown = await opened.people.gate
      .enrol(enrolment(secret))
      .catch((error: unknown) => error);
    if (refused instanceof TunnelRefusal) return refused;
    throw new Error('it was let in');
  };
  return { ...opened, lab, refusalOf };
}

describe('an invite', () => {
  test('makes a person, a member and a device, on its terms', async () => {
    const { people, lab, join, told } = await openLab();
    const wish = { rights: 'serve', role: 'admin', trust: 'guest', models: ['qwen'] } as const;
    const grant = await join(lab.id, 'Ann', wish);
    expect(grant).toMatchObject({
      ...{ poolId: lab.id, poolName: 'lab', gatewayName: 'Mill', personName: 'Ann' },
      ...{ role: 'admin', trust: 'guest', mayServe: true, mayAsk: false },
    });
    expect(people.members.list(lab.id)).toMatchObject([
      { name: 'Olga' },
      { name: 'Ann', role: 'admin', models: ['qwen'], devices: [{ name: "Ann's laptop" }] },
    ]);
    expect(told.events.map(({ kind }) => kind)).toEqual([
      'member-joined',
      'machine-joined',
      'invite-used',
    ]);
    expect(people.invites.list(lab.id)).toMatchObject([{ uses: 1, state: 'open' }]);
  });

  test('used again by the same key gives what it gave, and costs nothing', async () => {
    const { people, lab, invite } = await openLab();
    const once = enrolment(await invite(lab.id, { maxUses: 1 }));
    const grant = await people.gate.enrol(once);
    expect(await people.gate.enrol(once)).toEqual(grant);
    expect(people.invites.list(lab.id)).toMatchObject([{ uses: 1, state: 'used-up' }]);
  });

  test('shows its secret once; what is kept is a hash and a few characters', async () => {
    const { people, lab, invite, store } = await openLab();
    const secret = await invite(lab.id);
    expect(secret).toHaveLength(24);
    expect(JSON.stringify([people.invites.list(lab.id), await store.load()])).not.toContain(secret);
    expect(people.invites.list(lab.id)[0]?.prefix).toBe(secret.slice(0, 6));
  });

  test('people of one name are told apart, and odd names made readable', async () => {
    const { people, lab, join } = await openLab();
    await join(lab.id, 'Ann');
    expect((await join(lab.id, 'ann')).personName).toBe('ann 2');
    const odd = await join(lab.id, ` \u202eEve\n\u0007${'x'.repeat(90)}`);
    expect(odd.personName).toMatch(/^Eve x{56}$/);
    expect((await join(lab.id, '   ')).personName).toMatch(/laptop/);
    expect(new Set(people.members.list(lab.id).map(({ name }) => name)).size).toBe(5);
  });

  test('cannot end in the past, nor be for somebody unknown', async () => {
    const { lab, clock, invite } = await openLab();
    await expect(invite(lab.id, { expiresAt: clock.now() })).rejects.toMatchObject({
      ...{ code: 'invalid-request', param: 'expiresAt' },
    });
    await expect(invite(lab.id, { personId: 'nobody' })).rejects.toMatchObject({
      ...{ code: 'invalid-request', param: 'personId' },
    });
    await expect(invite('no pool')).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('one clear sentence, at the door and on the gateway, for an invite that is', () => {
  test('unknown', async () => {
    const { refusalOf, told } = await openLab();
    expect(await refusalOf('never made')).toMatchObject({
      reason: 'invalid-invite',
      message: 'This gateway does not know the invite; ask the owner of the pool for a new one',
    });
    // It belongs to no pool, so no pool's list shows it.
    expect(told.events).toEqual([]);
  });

  test.each([
    [
      'expired',
      'invite-expired',
      'The invite to “lab” expired on 2023-11-14 22:14 UTC; ask its owner for a new one',
    ],
    [
      'used up',
      'invite-used-up',
      'The invite to “lab” was used as often as it allows; ask its owner for a new one',
    ],
    ['revoked', 'invite-revoked', 'The invite to “lab” was withdrawn; ask its owner for a new one'],
  ])('%s', async (what, reason, message) => {
    const { people, lab, invite, refusalOf, clock, told } = await openLab();
    const secret = await invite(lab.id, { maxUses: 1, expiresAt: clock.now() + 60_000 });
    const [{ id } = { id: '' }] = people.invites.list(lab.id);
    if (what === 'used up') await people.gate.enrol(enrolment(secret));
    if (what === 'revoked') await people.invites.revoke(id);
    if (what === 'expired') await clock.advance(60_000);
    expect(await refusalOf(secret)).toMatchObject({ reason, message });
    expect(told.events.at(-1)).toMatchObject({ kind: 'error-reported', reason: message });
    expect(people.invites.list(lab.id)).toMatchObject([{ state: what.replace(' ', '-') }]);
  });

  test('revoked between the look and the write', async () => {
    const { people, lab, invite, refusalOf, store } = await openLab();
    const secret = await invite(lab.id);
    const [{ id } = { id: '' }] = people.invites.list(lab.id);
    const arrive = store.arrive.bind(store);
    store.arrive = async (arrival) => {
      await people.invites.revoke(id);
      return arrive(arrival);
    };
    expect(await refusalOf(secret)).toMatchObject({ reason: 'invite-revoked' });
    expect(people.members.list(lab.id)).toHaveLength(1);
  });

  test('revoked by its id alone: nobody else is put out', async () => {
    const { people, lab, join } = await openLab();
    const { membershipId } = await join(lab.id, 'Ann');
    const [{ id } = { id: '' }] = people.invites.list(lab.id);
    await people.invites.revoke(id);
    expect(people.gate.membership(membershipId)).toMatchObject({ personName: 'Ann' });
    await expect(people.invites.revoke('unknown')).rejects.toMatchObject({ code: 'not-found' });
    expect(people.scopes.role(testOwnerId)).toBe('owner');
  });
});
