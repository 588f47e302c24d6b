import { describe, expect, test } from 'vitest';
import { contract } from '../../contract/control.ts';
import type { Contract } from '../../contract/kinds.ts';
import { openTestPeople, testOwnerId } from '../../testing/open-test-people.ts';
import { ruleOf, rules } from './permissions.ts';

/** Every call that needs a session, as `section.name`. */
function calls(): readonly { readonly section: string; readonly name: string }[] {
  const sections: Contract = contract;
  return Object.entries(sections).flatMap(([section, entries]) =>
    Object.entries(entries)
      .filter(([, entry]) => entry.kind !== 'notification')
      .filter(([, entry]) => entry.kind !== 'call' || entry.access === 'session')
      .map(([name]) => ({ section, name })),
  );
}

const full = ({ section, name }: { section: string; name: string }) => `${section}.${name}`;

describe('every call of the contract', () => {
  test('has a minimum role; all that is not named belongs to the owner', () => {
    const ruled = Object.entries(rules).flatMap(([section, entries]) =>
      Object.keys(entries).map((name) => full({ section, name })),
    );
    const silent = calls().filter((call) => !ruled.includes(full(call)));
    expect(silent.length).toBeGreaterThan(50);
    expect(silent.filter(({ section, name }) => ruleOf(section, name).role !== 'owner')).toEqual(
      [],
    );
  });

  test('that has a rule exists', () => {
    const known = new Set(calls().map(full));
    const ruled = Object.entries(rules).flatMap(([section, entries]) =>
      Object.keys(entries).map((name) => full({ section, name })),
    );
    expect(ruled.filter((name) => !known.has(name))).toEqual([]);
  });
});

async function openTwoPools() {
  const opened = await openTestPeople();
  const { people, startPool, join } = opened;
  const lab = await startPool('lab');
  const attic = await startPool('attic');
  const enter = async (name: string, role: 'admin' | 'member' | 'viewer') => {
    const { membershipId } = await join(lab.id, name, { role });
    return { membershipId, personId: people.devices.find(membershipId)?.personId ?? '' };
  };
  const admin = await enter('Ada', 'admin');
  const member = await enter('Ann', 'member');
  const viewer = await enter('Vic', 'viewer');
  const outcome = (personId: string, call: string, input: object = {}): string => {
    const [section = '', name = ''] = call.split('.');
    try {
      people.permissions.check(personId, { section, name }, input);
      return 'ok';
    } catch (error) {
      return (error as { readonly code: string }).code;
    }
  };
  return { ...opened, lab, attic, admin, member, viewer, outcome };
}

test.each([
  ['chats.list', {}, ['ok', 'forbidden', 'forbidden', 'forbidden', 'forbidden']],
  ['settings.update', {}, ['ok', 'forbidden', 'forbidden', 'forbidden', 'forbidden']],
  ['pools.start', {}, ['ok', 'forbidden', 'forbidden', 'forbidden', 'forbidden']],
  ['pools.remove', 'lab', ['ok', 'forbidden', 'forbidden', 'forbidden', 'forbidden']],
  ['pools.answerKnock', {}, ['ok', 'forbidden', 'forbidden', 'forbidden', 'forbidden']],
  ['pools.createInvite', 'lab', ['ok', 'ok', 'forbidden', 'forbidden', 'not-found']],
  ['pools.createInvites', 'lab', ['ok', 'ok', 'forbidden', 'forbidden', 'not-found']],
  ['pools.createInvite', 'attic', ['ok', 'not-found', 'not-found', 'not-found', 'not-found']],
  ['pools.overview', 'lab', ['ok', 'ok', 'ok', 'ok', 'not-found']],
  ['pools.overview', 'attic', ['ok', 'not-found', 'not-found', 'not-found', 'not-found']],
  ['pools.revokeMachine', 'machine', ['ok', 'ok', 'forbidden', 'forbidden', 'not-found']],
  ['pools.machine', 'unknown', ['ok', 'not-found', 'not-found', 'not-found', 'not-found']],
  ['server.createKey', {}, ['ok', 'ok', 'ok', 'forbidden', 'forbidden']],
  ['session.me', {}, ['ok', 'ok', 'ok', 'ok', 'forbidden']],
  ['a.call that nobody knows', {}, ['ok', 'forbidden', 'forbidden', 'forbidden', 'forbidden']],
])('%s about %s: owner, admin, member, viewer, outsider', async (call, about, expected) => {
  const { lab, attic, admin, member, viewer, outcome } = await openTwoPools();
  const ids: Readonly<Record<string, string>> = {
    ...{ lab: lab.id, attic: attic.id },
    ...{ machine: member.membershipId, unknown: 'unknown' },
  };
  const input = typeof about === 'string' ? { id: ids[about] } : about;
  const people = [testOwnerId, admin.personId, member.personId, viewer.personId, 'outsider'];
  expect(people.map((personId) => outcome(personId, call, input))).toEqual(expected);
});

test('live messages: the owner hears all, members what is theirs, strangers nothing', async () => {
  const { people, lab, attic, member } = await openTwoPools();
  const hears = (personId: string, topic: string, data: unknown = {}) =>
    people.permissions.mayHear(personId, topic, data);
  expect(hears(testOwnerId, 'chats.chunk')).toBe(true);
  expect(hears(member.personId, 'chats.chunk')).toBe(false);
  expect(hears(member.personId, 'pools.changed')).toBe(true);
  expect(hears(member.personId, 'pools.overview', { poolId: lab.id })).toBe(true);
  expect(hears(member.personId, 'pools.overview', { poolId: attic.id })).toBe(false);
  expect(hears(member.personId, 'pools.overview', 'nonsense')).toBe(false);
  expect(hears('outsider', 'pools.changed')).toBe(false);
});

test('live messages: who runs the gateway hears of it, who looks on hears what everybody did', async () => {
  const { people, admin, member } = await openTwoPools();
  const account = async (role: 'admin' | 'member' | 'viewer') => {
    const { person } = await people.accounts.create({ name: role, role, by: testOwnerId });
    return person.id;
  };
  const ids = [await account('admin'), await account('viewer'), await account('member')];
  const hear = (topic: string) =>
    [...ids, admin.personId, member.personId].map((id) =>
      people.permissions.mayHear(id, topic, {}),
    );
  expect(hear('providers.changed')).toEqual([true, false, false, false, false]);
  expect(hear('activity.changed')).toEqual([true, true, false, false, false]);
  expect(hear('pools.changed')).toEqual([true, true, true, true, true]);
  expect(hear('server.changed')).toEqual([false, false, false, false, false]);
  expect(hear('toString')).toEqual([false, false, false, false, false]);
});
