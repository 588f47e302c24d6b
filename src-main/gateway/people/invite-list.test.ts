import { expect, test } from 'vitest';
import { enrolment, openTestPeople, testOwnerId } from '../../testing/open-test-people.ts';

const terms = {
  ...({ rights: 'serve-and-ask', role: 'member', trust: 'trusted' } as const),
  ...{ maxUses: 1, models: [] },
};

async function openLab() {
  const opened = await openTestPeople();
  const lab = await opened.startPool('lab');
  const inviteAll = (csv: string, by = testOwnerId) =>
    opened.people.inviteAll({ poolId: lab.id, csv, terms, by });
  return { ...opened, lab, inviteAll };
}

test('each line makes an invite of its own, which lets in as often as it says', async () => {
  const { people, lab, inviteAll } = await openLab();
  const { invites, problems } = await inviteAll('name,uses,role\nAda,1,viewer\nTom,2,\n');
  expect(problems).toEqual([]);
  expect(invites.map(({ name }) => name)).toEqual(['Ada', 'Tom']);
  const [first = '', second = ''] = invites.map(({ secret }) => secret);
  expect(await people.gate.enrol(enrolment(first, 'Ada'))).toMatchObject({ role: 'viewer' });
  expect(await people.gate.enrol(enrolment(second, 'Tom'))).toMatchObject({ role: 'member' });
  await expect(people.gate.enrol(enrolment(first, 'Eve'))).rejects.toMatchObject({
    reason: 'invite-used-up',
  });
  expect(people.invites.list(lab.id).map(({ uses, maxUses }) => [uses, maxUses])).toEqual(
    expect.arrayContaining([
      [1, 1],
      [1, 2],
    ]),
  );
});

test('one wrong line is named, and none is made', async () => {
  const { people, lab, store, inviteAll } = await openLab();
  const { invites, problems } = await inviteAll('Ada\nTom,7d,many\nEve');
  expect(invites).toEqual([]);
  expect(problems).toMatchObject([{ line: 2, column: 'uses' }]);
  expect(people.invites.list(lab.id)).toEqual([]);
  expect((await store.load()).invites).toEqual([]);
});

test('an admin who lists an admin is told in which line', async () => {
  const { people, lab, join, inviteAll } = await openLab();
  await join(lab.id, 'Ann', { role: 'admin' });
  const ann = people.members.list(lab.id).find(({ name }) => name === 'Ann');
  const before = people.invites.list(lab.id).length;
  expect(await inviteAll('name,role\nAda,member\nTom,admin', ann?.personId ?? 'nobody')).toEqual({
    invites: [],
    problems: [{ line: 3, column: 'role', message: 'Only the owner of the pool makes admins' }],
  });
  expect(people.invites.list(lab.id)).toHaveLength(before);
});

test('more than the pool may have open, an empty list and an unknown pool make nothing', async () => {
  const { people, lab, invite, inviteAll } = await openLab();
  await invite(lab.id);
  const names = Array.from({ length: 500 }, (_, number) => `p${number.toString()}`).join('\n');
  await expect(inviteAll(names)).rejects.toMatchObject({
    code: 'conflict',
    message: 'A pool has at most 500 open invites, and this one has 1; revoke some first',
  });
  await expect(inviteAll('name,uses\n')).rejects.toMatchObject({ code: 'invalid-request' });
  expect(people.invites.list(lab.id)).toHaveLength(1);
  await expect(
    people.inviteAll({ poolId: 'no pool', csv: 'Ada', terms, by: testOwnerId }),
  ).rejects.toMatchObject({ code: 'not-found' });
});
