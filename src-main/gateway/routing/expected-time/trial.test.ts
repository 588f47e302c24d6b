import { describe, expect, test } from 'vitest';
import { createFakeClock } from '../../../testing/fake-clock.ts';
import type { Upstream } from '../../ports.ts';
import { chat, choiceOf, holding, idle, idsOf, upstream, usage } from './expected-time.fixture.ts';
import { createExpectedTime } from './expected-time.ts';

const requests = 3000;
const slowRates = { prefillPerSecond: 300, decodePerSecond: 20 };

/** A routing that has measured the machine `known`. */
async function routing(seed: number) {
  const clock = createFakeClock();
  const it = createExpectedTime({ clock, seed });
  const answer = it.sent(chat([2000]), choiceOf(upstream('known')));
  await clock.advance(2000);
  answer.firstToken();
  await clock.advance(2000);
  answer.ended({ usage: usage(2000, 0, 101) });
  return it;
}

async function triesOf(untried: Upstream, seed = 1, envelope = {}): Promise<readonly string[]> {
  const it = await routing(seed);
  const ids = Array.from({ length: requests }, (_, index) => `r${String(index)}`);
  return ids.filter((requestId) => {
    const request = chat([200], 'new', { ...envelope, requestId });
    return idsOf(it.rank(request, [upstream('known'), untried], idle))[0] === untried.id;
  });
}

describe('a machine that nobody has measured and that seems slower', () => {
  const untried = upstream('untried', { rates: slowRates });

  test('is tried by one request in a hundred, the same ones for the same seed', async () => {
    const tries = await triesOf(untried);
    expect(tries.length).toBeGreaterThan(requests * 0.005);
    expect(tries.length).toBeLessThan(requests * 0.02);
    expect(await triesOf(untried)).toEqual(tries);
    expect(await triesOf(untried, 2)).not.toEqual(tries);
  });

  test.each<[string, Partial<Upstream['offer']>]>([
    ['has to load', { state: { phase: 'installed' } }],
    ['is full', { slots: 1, busySlots: 1 }],
    ['would take much longer', { penalties: [{ reason: 'battery', ms: 6000 }] }],
  ])('is not tried while it %s', async (_, offer) => {
    expect(await triesOf(upstream('untried', { rates: slowRates, ...offer }))).toEqual([]);
  });

  test('is not tried by a conversation, whoever named it', async () => {
    const affinity = { key: 'c', isStrict: false };
    expect(await triesOf(untried, 1, { affinity })).toEqual([]);
    const it = await routing(1);
    const first = chat([3000], 'held');
    const known = upstream('known', { slotContents: [holding(first, 3000)] });
    const firsts = Array.from({ length: requests }, (_, index) => {
      const second = chat([3000, 50], 'held', { requestId: `r${String(index)}` });
      return idsOf(it.rank(second, [known, untried], idle))[0];
    });
    expect(new Set(firsts)).toEqual(new Set(['known']));
  });
});
