import { describe, expect, test } from 'vitest';
import { createFakeClock } from '../../../testing/fake-clock.ts';
import type { FakeClock } from '../../../testing/fake-clock.ts';
import type { Upstream } from '../../ports.ts';
import { chat, choiceOf, idle, partsOf, upstream, usage } from './expected-time.fixture.ts';
import { createExpectedTime } from './expected-time.ts';
import type { ExpectedTime } from './ranking.ts';

function routing(): { readonly routing: ExpectedTime; readonly clock: FakeClock } {
  const clock = createFakeClock();
  return { routing: createExpectedTime({ clock }), clock };
}

describe('a machine that begins anew', () => {
  const [first, second] = [chat([2000]), chat([2000, 100])];
  const since = (epoch: string): Upstream => ({ ...upstream('a'), epoch });
  const cachedTokens = (it: ExpectedTime, machine: Upstream) =>
    partsOf(it.rank(second, [machine], idle), 'a').cachedTokens;

  test('is not believed to hold what it was sent before; one of the same epoch is', () => {
    const { routing: it } = routing();
    it.sent(first, choiceOf(since('1'))).ended({ usage: usage(2000, 0, 100) });
    expect(cachedTokens(it, since('1'))).toBeGreaterThan(1500);
    expect(cachedTokens(it, upstream('a'))).toBeGreaterThan(1500);
    expect(cachedTokens(it, since('2'))).toBe(0);
    it.sent(first, choiceOf(since('2'))).ended({ usage: usage(2000, 0, 100) });
    expect(cachedTokens(it, since('2'))).toBeGreaterThan(1500);
  });

  test('keeps its rates, as does one that is gone', async () => {
    const { routing: it, clock } = routing();
    const answer = it.sent(first, choiceOf(since('1')));
    await clock.advance(4000);
    answer.firstToken();
    await clock.advance(5000);
    answer.ended({ usage: usage(2000, 0, 101) });
    const prefillMs = (machine: Upstream) =>
      partsOf(it.rank(chat([1000], 'b'), [machine], idle), 'a').prefillMs;
    expect(prefillMs(since('2'))).toBeCloseTo(2000, -2);
    it.gone('a');
    expect(prefillMs(since('2'))).toBeCloseTo(2000, -2);
  });
});

describe('what is learned', () => {
  test("rates are the gateway's own, whatever the machine says", async () => {
    const { routing: it, clock } = routing();
    const boasting = upstream('a', { rates: { prefillPerSecond: 1e6, decodePerSecond: 1e6 } });
    expect(it.rates.of('a', 'd'.repeat(64))).toBeUndefined();
    const answer = it.sent(chat([2000]), choiceOf(boasting));
    await clock.advance(4000);
    answer.firstToken();
    await clock.advance(5000);
    answer.ended({ usage: usage(2000, 0, 101) });
    expect(it.rates.of('a', 'd'.repeat(64))).toEqual({
      prefillPerSecond: expect.closeTo(500, 3) as number,
      decodePerSecond: expect.closeTo(20, 3) as number,
    });
    expect(partsOf(it.rank(chat([1000], 'b'), [boasting], idle), 'a').prefillMs).toBeCloseTo(
      2000,
      -2,
    );
  });

  test('the length of answers, by caller, and never more than was asked for', () => {
    const { routing: it } = routing();
    const decodeMs = (request = chat([500])) =>
      partsOf(it.rank(request, [upstream('a')], idle), 'a').decodeMs;
    const before = decodeMs();
    it.sent(chat([500]), choiceOf(upstream('a'))).ended({ usage: usage(500, 0, 1000) });
    expect(decodeMs()).toBeGreaterThan(before * 3);
    expect(decodeMs(chat([500], 'a', {}, 10))).toBeCloseTo((0.3 * 10 * 1000) / 50, 3);
  });

  test('an answer that ended twice is learned once', () => {
    const { routing: it } = routing();
    const answer = it.sent(chat([500]), choiceOf(upstream('a')));
    answer.ended({ usage: usage(500, 0, 100) });
    const parts = () => partsOf(it.rank(chat([500]), [upstream('a')], idle), 'a');
    const before = parts();
    answer.ended({ usage: usage(500, 0, 4000) });
    answer.firstToken();
    expect(parts()).toEqual(before);
  });
});
