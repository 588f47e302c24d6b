import { describe, expect, test } from 'vitest';
import { openTestPeople, testOwnerId, testPassword } from '../../testing/open-test-people.ts';
import type { AccountRole } from './accounts.ts';

async function open() {
  const opened = await openTestPeople();
  const { accounts } = opened.people;
  const add = async (name: string, role: AccountRole = 'member', by = testOwnerId) => {
    const made = await accounts.create({ name, role, by });
    return { ...made, id: made.person.id };
  };
  return { ...opened, accounts, add };
}

const codeOf = (attempt: Promise<unknown>): Promise<string> =>
  attempt.then(
    () => 'ok',
    (error: unknown) => (error as { readonly code: string }).code,
  );

describe('changes that meet', () => {
  /** Writes of persons wait until they are let go. */
  async function openSlow() {
    const opened = await open();
    const { store } = opened;
    const save = store.savePerson.bind(store);
    const gate = Promise.withResolvers<undefined>();
    let isHeld = false;
    store.savePerson = async (person) => {
      if (isHeld) await gate.promise;
      await save(person);
    };
    const hold = (): void => {
      isHeld = true;
    };
    const letGo = (): void => {
      gate.resolve(undefined);
    };
    return { ...opened, hold, letGo };
  }

  test('a role and a password that are set at once both hold, also at rest', async () => {
    const { accounts, add, people, store, hold, letGo } = await openSlow();
    const { id, code } = await add('Mia', 'admin');
    await accounts.redeem(code, testPassword);
    hold();
    const demoted = accounts.update(id, { role: 'viewer', by: testOwnerId });
    const password = 'another long one';
    const set = people.passwords.set(id, { old: testPassword, password });
    // Checked and worked out before the role is written: that takes twice as long as one look.
    for (let look = 0; look < 3; look += 1) await people.passwords.verify('olga', 'wrong');
    letGo();
    await Promise.all([demoted, set]);
    expect(people.scopes.gatewayRole(id)).toBe('viewer');
    expect(await people.passwords.verify('Mia', password)).toMatchObject({ id });
    const stored = (await store.load()).persons.find((person) => person.id === id);
    expect(stored).toEqual(people.person(id));
    expect(stored?.role).toBe('viewer');
  });

  test('an old password that is reset while it is checked signs nobody in', async () => {
    const { accounts, add, people } = await open();
    const { id, code } = await add('Mia');
    await accounts.redeem(code, testPassword);
    const checking = people.passwords.verify('mia', testPassword);
    await accounts.resetPassword(id, { by: testOwnerId });
    expect(await checking).toBeUndefined();
  });

  test('a code that could not be used keeps what was changed meanwhile', async () => {
    const { accounts, add, people, store } = await open();
    const { id, code } = await add('Mia', 'admin');
    const save = store.savePerson.bind(store);
    store.savePerson = (person) =>
      person.passwordHash === undefined ? save(person) : Promise.reject(new Error('locked'));
    const redeemed = codeOf(accounts.redeem(code, testPassword));
    await accounts.update(id, { role: 'viewer', by: testOwnerId });
    expect(await redeemed).not.toBe('ok');
    expect(people.scopes.gatewayRole(id)).toBe('viewer');
    store.savePerson = save;
    expect(await codeOf(accounts.redeem(code, testPassword))).toBe('ok');
  });
});

describe('an account', () => {
  test('is made with a code that sets its password, once', async () => {
    const { accounts, add, people } = await open();
    const { id, code } = await add('Mia');
    expect(Buffer.from(code, 'base64url')).toHaveLength(16);
    expect(people.passwords.isSet(id)).toBe(false);
    expect(await accounts.redeem(` ${code} `, testPassword)).toMatchObject({ id, name: 'Mia' });
    expect(await people.passwords.verify('mia', testPassword)).toMatchObject({ id });
    expect(await codeOf(accounts.redeem(code, 'another long one'))).toBe('unauthenticated');
    expect(await people.passwords.verify('mia', testPassword)).toMatchObject({ id });
  });

  test('keeps the code as a hash, and for a day', async () => {
    const { accounts, add, store, clock } = await open();
    const { id, code, expiresAt } = await add('Mia');
    expect(expiresAt - clock.now()).toBe(24 * 60 * 60_000);
    const stored = (await store.load()).persons.find((person) => person.id === id);
    expect(stored?.code?.expiresAt).toBe(expiresAt);
    expect(JSON.stringify(stored)).not.toContain(code);
    await clock.advance(24 * 60 * 60_000);
    expect(await codeOf(accounts.redeem(code, testPassword))).toBe('unauthenticated');
  });

  test('whose code is used twice at once takes one password', async () => {
    const { accounts, add } = await open();
    const { code } = await add('Mia');
    const outcomes = await Promise.all(
      ['the first password', 'the second password'].map((each) =>
        codeOf(accounts.redeem(code, each)),
      ),
    );
    expect(outcomes.toSorted()).toEqual(['ok', 'unauthenticated']);
  });

  test('a password that is too short does not use the code up', async () => {
    const { accounts, add } = await open();
    const { code } = await add('Mia');
    expect(await codeOf(accounts.redeem(code, 'short'))).toBe('invalid-request');
    expect(await codeOf(accounts.redeem(code, testPassword))).toBe('ok');
  });

  test('answers every code that does not work with the same sentence', async () => {
    const { accounts, add, clock } = await open();
    const used = await add('Mia');
    await accounts.redeem(used.code, testPassword);
    const old = await add('Tom');
    await clock.advance(24 * 60 * 60_000);
    const sentence = (code: string) =>
      accounts.redeem(code, testPassword).catch((error: unknown) => String(error));
    const sentences = await Promise.all(['never was one', used.code, old.code].map(sentence));
    expect(new Set(sentences).size).toBe(1);
  });

  test('has a name of its own, also when two are made at once', async () => {
    const { accounts, add } = await open();
    const outcomes = await Promise.all([codeOf(add('Mia')), codeOf(add(' mia '))]);
    expect(outcomes).toEqual(['ok', 'conflict']);
    const tom = await add('Tom');
    const rename = (name: string) => accounts.update(tom.id, { name, by: testOwnerId });
    expect(await codeOf(rename('MIA'))).toBe('conflict');
    expect(await rename('TOM')).toMatchObject({ name: 'TOM' });
  });

  test('has limits that are read at once, replaced as a whole and taken away', async () => {
    const { accounts, add } = await open();
    const { id } = await add('Mia');
    expect(accounts.limitsOf(id)).toBeUndefined();
    await accounts.update(id, {
      limits: { tokensPerDay: 5, requestsPerMinute: 1 },
      by: testOwnerId,
    });
    await accounts.update(id, { limits: { tokensPerDay: 0 }, by: testOwnerId });
    expect(accounts.limitsOf(id)).toEqual({ tokensPerDay: 0 });
    await accounts.update(id, { role: 'viewer', by: testOwnerId });
    expect(accounts.limitsOf(id)).toEqual({ tokensPerDay: 0 });
    await accounts.update(id, { limits: null, by: testOwnerId });
    expect(accounts.limitsOf(id)).toBeUndefined();
  });
});

describe('a password that is reset', () => {
  test('ends sessions and the old password until the code sets a new one', async () => {
    const { accounts, add, sessions, people } = await open();
    const { id, code } = await add('Mia');
    await accounts.redeem(code, testPassword);
    const { token } = await sessions.openFor(id);
    const reset = await accounts.resetPassword(id, { by: testOwnerId });
    expect(sessions.find(token)).toBeUndefined();
    expect(await people.passwords.verify('Mia', testPassword)).toBeUndefined();
    await accounts.redeem(reset.code, 'a brand new password');
    expect(await people.passwords.verify('Mia', 'a brand new password')).toMatchObject({ id });
  });

  test('leaves only the newest code working', async () => {
    const { accounts, add } = await open();
    const { id, code } = await add('Mia');
    const { code: newer } = await accounts.resetPassword(id, { by: testOwnerId });
    expect(await codeOf(accounts.redeem(code, testPassword))).toBe('unauthenticated');
    expect(await codeOf(accounts.redeem(newer, testPassword))).toBe('ok');
  });
});

describe('somebody who is removed', () => {
  test('loses sessions, keys, pools, devices and code at once, and frees the name', async () => {
    const { accounts, people, sessions, keys, startPool, join, told, store } = await open();
    const lab = await startPool('lab');
    const { membershipId } = await join(lab.id, 'Ann');
    const ann = people.devices.find(membershipId)?.personId ?? '';
    await accounts.update(ann, { role: 'member', by: testOwnerId });
    const { code } = await accounts.resetPassword(ann, { by: testOwnerId });
    const { token } = await sessions.openFor(ann);
    const { key } = await keys.create(ann, 'script');

    await accounts.remove(ann, { by: testOwnerId });

    expect(sessions.find(token)).toBeUndefined();
    expect(keys.find(key)).toBeUndefined();
    expect(people.scopes.role(ann)).toBeUndefined();
    expect(people.scopes.of(ann)).toEqual({ pools: [], isVisitor: true });
    expect(people.members.list(lab.id).map(({ name }) => name)).toEqual(['Olga']);
    expect(told.ended).toMatchObject([{ id: membershipId, reason: 'membership-revoked' }]);
    expect(await codeOf(accounts.redeem(code, testPassword))).toBe('unauthenticated');
    expect(accounts.list().map(({ name }) => name)).toEqual(['Olga']);
    expect(people.nameOf(ann)).toBe('Ann');
    expect(await codeOf(accounts.remove(ann, { by: testOwnerId }))).toBe('not-found');
    expect(await codeOf(accounts.create({ name: 'Ann', role: 'member', by: testOwnerId }))).toBe(
      'ok',
    );
    const restarted = await openTestPeople({ store });
    expect(restarted.people.person(ann)).toBeUndefined();
    expect(restarted.people.nameOf(ann)).toBe('Ann');
  });

  test('is not brought back by an invite for their devices', async () => {
    const { accounts, people, startPool, join, invite } = await open();
    const lab = await startPool('lab');
    const { membershipId } = await join(lab.id, 'Ann');
    const ann = people.devices.find(membershipId)?.personId ?? '';
    const secret = await invite(lab.id, { personId: ann });
    await accounts.remove(ann, { by: testOwnerId });
    const late = { invite: secret, publicKey: new Uint8Array(32), deviceName: 'x', personName: '' };
    await expect(people.gate.enrol(late)).rejects.toMatchObject({ reason: 'invite-revoked' });
    expect(people.scopes.role(ann)).toBeUndefined();
  });
});

describe('ranks', () => {
  test('nobody makes, changes, resets or removes their equals or those above', async () => {
    const { accounts, add } = await open();
    const boss = await add('Boss', 'admin');
    const peer = await add('Peer', 'admin');
    const mia = await add('Mia', 'member');
    const vic = await add('Vic', 'viewer', boss.id);
    const actions = (by: string, target: string) =>
      Promise.all([
        codeOf(accounts.update(target, { name: `x ${target}`, by })),
        codeOf(accounts.resetPassword(target, { by })),
        codeOf(accounts.remove(target, { by })),
      ]);
    const no = ['forbidden', 'forbidden', 'forbidden'];
    expect(await actions(boss.id, testOwnerId)).toEqual(no);
    expect(await actions(boss.id, peer.id)).toEqual(no);
    expect(await actions(boss.id, boss.id)).toEqual(no);
    expect(await actions(mia.id, vic.id)).toEqual(no);
    expect(await actions(boss.id, vic.id)).toEqual(['ok', 'ok', 'ok']);
  });

  test('an admin makes members and viewers, and lifts nobody to admin', async () => {
    const { accounts, add } = await open();
    const boss = await add('Boss', 'admin');
    const mia = await add('Mia', 'member', boss.id);
    expect(await codeOf(add('Second', 'admin', boss.id))).toBe('forbidden');
    expect(await codeOf(accounts.update(mia.id, { role: 'admin', by: boss.id }))).toBe('forbidden');
    expect(await codeOf(accounts.update(mia.id, { role: 'viewer', by: boss.id }))).toBe('ok');
  });

  test('what somebody is in a pool protects their account, and gives no rank at the gateway', async () => {
    const { accounts, add, people, startPool, join } = await open();
    const boss = await add('Boss', 'admin');
    const lab = await startPool('lab');
    const { membershipId } = await join(lab.id, 'Ada', { role: 'admin' });
    const ada = people.devices.find(membershipId)?.personId ?? '';
    const mia = await add('Mia', 'member');
    expect(await codeOf(accounts.resetPassword(ada, { by: boss.id }))).toBe('forbidden');
    expect(await codeOf(accounts.resetPassword(mia.id, { by: ada }))).toBe('forbidden');
    expect(await codeOf(accounts.resetPassword(ada, { by: testOwnerId }))).toBe('ok');
  });
});

describe('what exists for an account', () => {
  test('members and admins reach shared providers, viewers nothing, the owner all', async () => {
    const { people, add } = await open();
    const scopeOf = async (role: AccountRole) => people.scopes.of((await add(role, role)).id);
    expect(await scopeOf('admin')).toEqual({ pools: [], isVisitor: true, providers: 'shared' });
    expect(await scopeOf('member')).toEqual({ pools: [], isVisitor: true, providers: 'shared' });
    expect(await scopeOf('viewer')).toEqual({ pools: [], isVisitor: true });
    expect(people.scopes.of(testOwnerId)).toMatchObject({ providers: 'own' });
  });

  test('viewers and above see what everybody did; members and people of pools do not', async () => {
    const { people, add, startPool, join } = await open();
    const lab = await startPool('lab');
    const { membershipId } = await join(lab.id, 'Ada', { role: 'admin' });
    const sees = (id: string) => people.scopes.seesEverybody(id);
    expect(sees(testOwnerId)).toBe(true);
    expect(sees((await add('a', 'admin')).id)).toBe(true);
    expect(sees((await add('v', 'viewer')).id)).toBe(true);
    expect(sees((await add('m', 'member')).id)).toBe(false);
    expect(sees(people.devices.find(membershipId)?.personId ?? '')).toBe(false);
  });

  test('an account outlives the pool that its person leaves', async () => {
    const { people, accounts, startPool, join, sessions } = await open();
    const lab = await startPool('lab');
    const { membershipId } = await join(lab.id, 'Ann');
    const ann = people.devices.find(membershipId)?.personId ?? '';
    await accounts.update(ann, { role: 'member', by: testOwnerId });
    const { token } = await sessions.openFor(ann);
    await people.members.remove(lab.id, ann, { by: testOwnerId });
    expect(sessions.find(token)).toBeDefined();
    expect(people.scopes.of(ann)).toEqual({ pools: [], isVisitor: true, providers: 'shared' });
  });
});
