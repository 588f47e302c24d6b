import { describe, expect, test } from 'vitest';
import { enrolment, openTestPeople } from '../../testing/open-test-people.ts';

const words = ['river', 'lamp', 'stone', 'apple', 'cloud'];

async function openLab() {
  const opened = await openTestPeople();
  const lab = await opened.startPool('lab');
  const stop = new AbortController();
  const knock = (personName = 'Ann', signal = stop.signal) => {
    const { publicKey, deviceName } = enrolment('', personName);
    return opened.people.gate.knock({ publicKey, deviceName, personName }, words, signal);
  };
  const first = () => opened.people.knocks.list()[0]?.id ?? '';
  return { ...opened, lab, stop, knock, first };
}

describe('a device that asks to join', () => {
  test('waits with its words until the owner says yes', async () => {
    const { people, lab, knock, first, told } = await openLab();
    let changes = 0;
    people.news.onKnocks(() => (changes += 1));
    const asked = knock();
    expect(people.knocks.list()).toMatchObject([
      { words, deviceName: "Ann's laptop", personName: 'Ann', address: '' },
    ]);
    expect(told.events.at(-1)).toMatchObject({ kind: 'knock', poolId: lab.id, person: 'Ann' });
    await people.knocks.answer(first(), { accept: true, trust: 'guest' });
    const grant = await asked;
    expect(grant).toMatchObject({ poolName: 'lab', role: 'member', trust: 'guest', mayAsk: true });
    expect(people.gate.membership(grant.membershipId)).toBeDefined();
    expect(people.knocks.list()).toEqual([]);
    expect(changes).toBe(2);
  });

  test('joins the pool that the owner chooses', async () => {
    const { people, startPool, knock, first } = await openLab();
    const attic = await startPool('attic');
    const asked = knock();
    await expect(
      people.knocks.answer(first(), { accept: true, poolId: 'none' }),
    ).rejects.toMatchObject({ code: 'not-found' });
    await people.knocks.answer(first(), { accept: true, poolId: attic.id });
    expect(await asked).toMatchObject({ poolName: 'attic' });
  });

  test('is told when the owner says no', async () => {
    const { people, knock, first, told } = await openLab();
    const asked = knock();
    await people.knocks.answer(first(), { accept: false });
    const message = 'Olga did not let this device in; ask them for an invite';
    await expect(asked).rejects.toMatchObject({ reason: 'declined', message });
    expect(told.events.at(-1)).toMatchObject({ kind: 'knock-declined', reason: message });
    expect(people.members.list(told.events[0]?.poolId ?? '')).toHaveLength(1);
  });

  test('is told after five minutes without an answer', async () => {
    const { people, knock, clock, first } = await openLab();
    const asked = knock();
    const id = first();
    await clock.advance(5 * 60_000 - 1);
    expect(people.knocks.list()).toHaveLength(1);
    const refused = expect(asked).rejects.toMatchObject({
      message: 'Olga did not answer within five minutes; ask again, or ask them for an invite',
    });
    await clock.advance(1);
    await refused;
    await expect(people.knocks.answer(id, { accept: true })).rejects.toMatchObject({
      code: 'not-found',
    });
    expect(clock.waiting).toBe(0);
  });

  test('that leaves is forgotten, with its timer', async () => {
    const { people, knock, stop, clock } = await openLab();
    const asked = knock();
    stop.abort();
    await expect(asked).rejects.toMatchObject({ name: 'AbortError' });
    expect(people.knocks.list()).toEqual([]);
    expect(clock.waiting).toBe(0);
  });

  test('that asks twice waits once', async () => {
    const { people } = await openLab();
    const { signal } = new AbortController();
    const device = enrolment('');
    const before = people.gate.knock(device, words, signal);
    const again = people.gate.knock(device, ['other'], signal);
    await expect(before).rejects.toMatchObject({ code: 'cancelled' });
    expect(people.knocks.list()).toMatchObject([{ words: ['other'] }]);
    await people.knocks.answer(people.knocks.list()[0]?.id ?? '', { accept: true });
    expect(await again).toMatchObject({ poolName: 'lab' });
  });

  test('finds at most nineteen others waiting', async () => {
    const { people, knock, stop } = await openLab();
    const waiting = Array.from({ length: 20 }, (_, index) => knock(`Person ${index.toString()}`));
    await expect(knock('one more')).rejects.toMatchObject({ reason: 'declined' });
    expect(people.knocks.list()).toHaveLength(20);
    stop.abort();
    await Promise.allSettled(waiting);
  });

  test('is told who is asked; where there is no pool there is nobody', async () => {
    const { people } = await openLab();
    expect(people.gate.greeting()).toEqual({ poolName: 'lab', ownerName: 'Olga' });
    const empty = await openTestPeople();
    expect(() => empty.people.gate.greeting()).toThrow('This gateway has no pool at the moment');
  });
});
