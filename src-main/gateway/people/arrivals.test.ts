import { expect, test } from 'vitest';
import { enrolment, openTestPeople } from '../../testing/open-test-people.ts';

async function openLab() {
  const opened = await openTestPeople();
  return { ...opened, lab: await opened.startPool('lab') };
}

test('devices that come at the same moment without a name bring people of different names', async () => {
  const { people, lab, invite } = await openLab();
  const secret = await invite(lab.id);
  const nameless = () => ({ ...enrolment(secret, ''), deviceName: '' });
  const grants = await Promise.all([1, 2, 3].map(() => people.gate.enrol(nameless())));
  expect(grants.map(({ personName }) => personName)).toEqual(['Member', 'Member 2', 'Member 3']);
});

test('one that asks twice at the same moment comes in once', async () => {
  const { people, lab, invite } = await openLab();
  const once = enrolment(await invite(lab.id, { maxUses: 1 }));
  const [first, second] = await Promise.all([people.gate.enrol(once), people.gate.enrol(once)]);
  expect(second).toEqual(first);
  expect(people.devices.ofPool(lab.id)).toHaveLength(1);
  expect(people.invites.list(lab.id)).toMatchObject([{ uses: 1 }]);
});

test('one that could not be written down keeps nobody else out', async () => {
  const { people, lab, invite, store } = await openLab();
  const secret = await invite(lab.id);
  const arrive = store.arrive.bind(store);
  store.arrive = () => {
    store.arrive = arrive;
    return Promise.reject(new Error('the disk is full'));
  };
  const [refused, taken] = await Promise.allSettled(
    ['Ann', 'Ann'].map((name) => people.gate.enrol(enrolment(secret, name))),
  );
  expect(refused?.status).toBe('rejected');
  expect(taken).toMatchObject({ status: 'fulfilled', value: { personName: 'Ann' } });
});
