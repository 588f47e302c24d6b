import { describe, expect, test } from 'vitest';
import { createFakeClock } from '../../../testing/fake-clock.ts';
import type { FakeClock } from '../../../testing/fake-clock.ts';
import type { Upstream, UpstreamOffer } from '../../ports.ts';
import { createExpectedTime } from './expected-time.ts';
import {
  chat,
  choiceOf,
  holding,
  idle,
  idsOf,
  partsOf,
  upstream,
  usage,
} from './expected-time.fixture.ts';
import type { ExpectedParts, ExpectedTime, InFlightOf } from './ranking.ts';

function routing(): { readonly routing: ExpectedTime; readonly clock: FakeClock } {
  const clock = createFakeClock();
  return { routing: createExpectedTime({ clock }), clock };
}

describe('each thing that takes time', () => {
  const cases: [string, Partial<UpstreamOffer>, keyof ExpectedParts, number][] = [
    ['a load that has to begin', { state: { phase: 'installed' }, loadMs: 9000 }, 'loadMs', 9000],
    ['a load of unknown length', { state: { phase: 'installed' } }, 'loadMs', 20_000],
    [
      'the rest of a load',
      { state: { phase: 'loading', share: 0.75 }, loadMs: 8000 },
      'loadMs',
      2000,
    ],
    ['reading', {}, 'prefillMs', 1000],
    ['a share of writing', {}, 'decodeMs', (0.3 * 256 * 1000) / 50],
    ['the way', { roundTripMs: 80 }, 'roundTripMs', 80],
    [
      'what speaks against it',
      {
        penalties: [
          { reason: 'owner active', ms: 500 },
          { reason: 'battery', ms: 250 },
        ],
      },
      'penaltyMs',
      750,
    ],
  ];

  test.each(cases)('%s counts', (_, offer, part, ms) => {
    const parts = partsOf(routing().routing.rank(chat([1000]), [upstream('a', offer)], idle), 'a');
    expect(parts[part]).toBeCloseTo(ms, -1);
    const { loadMs, waitMs, prefillMs, decodeMs, roundTripMs, penaltyMs } = parts;
    const sum = loadMs + waitMs + prefillMs + decodeMs + roundTripMs + penaltyMs;
    expect(parts.expectedMs).toBeCloseTo(sum, 6);
  });

  test.each(cases.filter(([name]) => name !== 'reading' && name !== 'a share of writing'))(
    '%s lets another machine go first',
    (_, offer) => {
      const candidates = [upstream('slow', offer), upstream('plain')];
      expect(idsOf(routing().routing.rank(chat([1000]), candidates, idle))).toEqual([
        'plain',
        'slow',
      ]);
    },
  );

  test('a machine whose slots are all taken is waited for, longer the longer its line is', () => {
    const { routing: it } = routing();
    const full = upstream('a', { busySlots: 2 });
    const waitMs = (waiting: number) =>
      partsOf(
        it.rank(chat([1000]), [full], () => ({ answers: 2, waiting })),
        'a',
      ).waitMs;
    expect(waitMs(0)).toBeGreaterThan(1000);
    expect(waitMs(4)).toBeGreaterThan(waitMs(0));
    expect(partsOf(it.rank(chat([1000]), [upstream('b')], idle), 'b').waitMs).toBe(0);
  });

  test('the gateway counts what it sent although the machine has not told of it yet', () => {
    const sentTwo: InFlightOf = (id) => ({ answers: id === 'a' ? 2 : 0, waiting: 0 });
    const ranked = routing().routing.rank(chat([1000]), [upstream('a'), upstream('b')], sentTwo);
    expect(idsOf(ranked)).toEqual(['b', 'a']);
  });

  test('an answer that just ended is not counted although the machine still does', async () => {
    const { routing: it, clock } = routing();
    const stale = upstream('a', { slots: 1, busySlots: 1 });
    const answer = it.sent(chat([1000]), choiceOf(upstream('a', { slots: 1 })));
    answer.ended();
    expect(partsOf(it.rank(chat([1000]), [stale], idle), 'a').waitMs).toBe(0);
    await clock.advance(5000);
    expect(partsOf(it.rank(chat([1000]), [stale], idle), 'a').waitMs).toBeGreaterThan(0);
  });

  test('a machine that nobody has measured goes behind one that is known to be usual', () => {
    const { id, kind, backend } = upstream('a');
    const stranger: Upstream = { id, kind, backend };
    const ranked = routing().routing.rank(chat([1000]), [stranger, upstream('b')], idle);
    expect(idsOf(ranked)).toEqual(['b', 'a']);
  });
});

describe('what the slots hold', () => {
  const first = chat([2000, 100]);
  const second = chat([2000, 100, 300, 100]);

  test('a reported prompt need not be read again, nor the answer behind it', () => {
    const warm = upstream('warm', { slotContents: [holding(first, 2400, 1)] });
    const parts = partsOf(routing().routing.rank(second, [warm], idle), 'warm');
    expect(parts).toMatchObject({ cachedTokens: 2400, slot: 1, evictionMs: 0 });
    expect(parts.prefillMs).toBeCloseTo(100, -1);
  });

  test("another tenant's prompt of the same words is no help", () => {
    const theirs = chat([2000, 100], 'a', { tenant: 'somebody else' });
    const warm = upstream('warm', { slotContents: [holding(theirs, 2400)] });
    const parts = partsOf(routing().routing.rank(second, [warm], idle), 'warm');
    expect(parts).toMatchObject({ cachedTokens: 0 });
    expect(parts.slot).toBeUndefined();
  });

  test('a report replaces what it said before, and a wiped slot holds nothing', () => {
    const { routing: it } = routing();
    const cached = (slotContents: UpstreamOffer['slotContents']) =>
      partsOf(it.rank(second, [upstream('a', { slotContents })], idle), 'a').cachedTokens;
    expect(cached([holding(first, 2400)])).toBe(2400);
    expect(cached([holding(chat([3000], 'b'), 3000)])).toBe(0);
    expect(cached([holding(first, 2400)])).toBe(2400);
    expect(cached([])).toBe(0);
  });

  test('what was just sent counts before the machine reports it, until its report says otherwise', () => {
    const { routing: it } = routing();
    const answer = it.sent(first, choiceOf(upstream('a')));
    answer.firstToken();
    answer.ended({ usage: usage(2100, 0, 300) });
    const cached = (slotContents: UpstreamOffer['slotContents'] = []) =>
      partsOf(it.rank(second, [upstream('a', { slotContents })], idle), 'a').cachedTokens;
    expect(cached()).toBeGreaterThan(2000);
    expect(cached()).toBeLessThan(2400);
    expect(cached([holding(chat([900], 'b'), 900)])).toBe(0);
  });

  test('a machine that is gone has nothing any more', () => {
    const { routing: it } = routing();
    it.sent(first, choiceOf(upstream('a'))).ended({ usage: usage(2100, 0, 300) });
    it.gone('a');
    expect(partsOf(it.rank(second, [upstream('a')], idle), 'a').cachedTokens).toBe(0);
  });

  test('a machine that keeps less than it reports is believed less each time', () => {
    const { routing: it } = routing();
    const liar = upstream('a', { slotContents: [holding(first, 2400)] });
    const cached = () => partsOf(it.rank(second, [liar], idle), 'a').cachedTokens;
    const before = cached();
    for (let turn = 0; turn < 4; turn += 1) {
      const answer = it.sent(second, choiceOf(liar));
      answer.firstToken();
      answer.ended({ usage: usage(2500, 0, 50) });
    }
    const fresh = upstream('a', { slotContents: [holding(first, 2400)] });
    const after = partsOf(it.rank(second, [fresh], idle), 'a').cachedTokens;
    expect(after).toBeLessThan(before / 2);
  });
});

describe('whose prompt is pushed out', () => {
  const held = chat([4000], 'b');

  test('an empty slot elsewhere goes before a slot that holds a conversation', () => {
    const full = upstream('a', { slots: 1, slotContents: [holding(held, 4000)] });
    const ranked = routing().routing.rank(
      chat([1000]),
      [full, upstream('b', { roundTripMs: 300 })],
      idle,
    );
    expect(idsOf(ranked)).toEqual(['b', 'a']);
    expect(partsOf(ranked, 'a').evictionMs).toBeGreaterThan(1000);
    expect(partsOf(ranked, 'a').expectedMs).toBeLessThan(partsOf(ranked, 'b').expectedMs);
  });

  test('a much slower machine is not worth sparing it', () => {
    const full = upstream('a', { slots: 1, slotContents: [holding(held, 4000)] });
    const crawling = { prefillPerSecond: 50, decodePerSecond: 3 };
    const ranked = routing().routing.rank(
      chat([1000]),
      [full, upstream('b', { rates: crawling })],
      idle,
    );
    expect(idsOf(ranked)).toEqual(['a', 'b']);
  });

  test('a prompt that was left long ago costs less to push out than one just left', async () => {
    const { routing: it, clock } = routing();
    const full = upstream('a', { slots: 1, slotContents: [holding(held, 4000)] });
    const evictionMs = () => partsOf(it.rank(chat([1000]), [full], idle), 'a').evictionMs;
    const before = evictionMs();
    await clock.advance(600_000);
    expect(evictionMs()).toBeLessThan(before / 10);
  });

  test('a conversation that went on elsewhere leaves nothing worth sparing', () => {
    const { routing: it } = routing();
    const first = chat([4000], 'b');
    it.sent(first, choiceOf(upstream('a', { slots: 1 }))).ended({ usage: usage(4000, 0, 100) });
    const told = upstream('a', { slots: 1, slotContents: [holding(first, 4100)] });
    const evictionMs = () => partsOf(it.rank(chat([1000]), [told], idle), 'a').evictionMs;
    expect(evictionMs()).toBeGreaterThan(1000);
    it.sent(chat([4000, 100, 200], 'b'), choiceOf(upstream('c')));
    expect(evictionMs()).toBe(0);
  });
});

describe('staying with the conversation', () => {
  const first = chat([3000]);
  const second = chat([3000, 100]);
  const home = (roundTripMs: number) =>
    upstream('home', { slotContents: [holding(first, 3000)], roundTripMs });

  test.each([
    [900, 'home', true],
    [1300, 'away', false],
  ])('another machine that wins by about %i ms: %s answers', (advantageMs, winner, isSticky) => {
    const away = upstream('away', { rates: { prefillPerSecond: 1e9, decodePerSecond: 50 } });
    const ranked = routing().routing.rank(second, [home(advantageMs - 100), away], idle);
    expect(ranked[0]).toMatchObject({ upstream: { id: winner }, isSticky });
    expect(partsOf(ranked, 'home').expectedMs - partsOf(ranked, 'away').expectedMs).toBeCloseTo(
      advantageMs,
      -2,
    );
  });

  test('a prompt of a few words goes wherever it is answered first', () => {
    const [short, longer] = [chat([100]), chat([100, 20])];
    const slow = upstream('home', { slotContents: [holding(short, 100)], roundTripMs: 500 });
    const ranked = routing().routing.rank(longer, [slow, upstream('away')], idle);
    expect(idsOf(ranked)[0]).toBe('away');
  });

  test('who insists on its machine gets it however slow it is', () => {
    const { routing: it } = routing();
    const strict = chat([500], 'a', { affinity: { key: 'c', isStrict: true } });
    it.sent(strict, choiceOf(upstream('slow')));
    const slow = upstream('slow', { roundTripMs: 60_000 });
    expect(idsOf(it.rank(strict, [upstream('fast'), slow], idle))).toEqual(['slow', 'fast']);
    const other = chat([500], 'a', { affinity: { key: 'd', isStrict: true } });
    expect(idsOf(it.rank(other, [upstream('fast'), slow], idle))).toEqual(['fast', 'slow']);
  });

  test('machines that are equal come in the same order whichever way they are told', () => {
    const all = ['a', 'b', 'c', 'd'].map((id) => upstream(id));
    const order = idsOf(routing().routing.rank(first, all, idle));
    expect(idsOf(routing().routing.rank(first, all.toReversed(), idle))).toEqual(order);
    const firsts = Array.from({ length: 40 }, (_, index) => {
      return idsOf(routing().routing.rank(chat([500], `n${String(index)}`), all, idle))[0];
    });
    expect(new Set(firsts).size).toBe(4);
  });
});
