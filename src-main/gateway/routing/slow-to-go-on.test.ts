import { describe, expect, test } from 'vitest';
import { MillpondError } from '../../core/error.ts';
import type { ExpectedParts } from './expected-time/ranking.ts';
import {
  losesAt,
  lost,
  machine,
  routerOver,
  statusesOf,
  tokensOf,
  wholeAnswer,
} from './scripted-machines.fixture.ts';
import type { MachineScript } from './scripted-machines.fixture.ts';
import type { NamedStrategy } from './strategies.ts';

const length = 40;

/** An answer there is expected to take so many milliseconds. */
function expectedIn(expectedMs: number): ExpectedParts {
  return {
    ...{ loadMs: 0, waitMs: 0, prefillMs: expectedMs, decodeMs: 0, roundTripMs: 0 },
    ...{ penaltyMs: 0, evictionMs: 0, cachedTokens: 0, expectedMs },
  };
}

/** Each a second slower than the one before. */
const inThatOrder: NamedStrategy = {
  name: 'expected-time',
  rank: (_, candidates) =>
    candidates.map((upstream, at) => ({
      ...{ upstream, isSticky: false },
      expected: expectedIn(1000 * at),
    })),
};

describe('an answer that the next machine is too slow to take', () => {
  const notAccepted = (): never => {
    throw new MillpondError('timeout', 'It did not take it', { reason: 'not-accepted' });
  };
  /** Takes nothing in its first `times` calls. */
  const slow = (times: number): MachineScript => ({
    length,
    first: ({ number }) => number < times && notAccepted(),
  });

  test('goes to the one after it, which is not kept for a rest of the faster one', async () => {
    const [b, c] = [machine('b', slow(1)), machine('c', { length })];
    const { ask } = routerOver([machine('a', losesAt(9)), b, c], {
      strategyOf: () => inThatOrder,
    });
    const chunks = await ask();
    expect(tokensOf(chunks)).toEqual(wholeAnswer(length));
    expect(statusesOf(chunks)).toMatchObject([{ phase: 'moved', to: 'c machine', atToken: 9 }]);
    expect([b.calls.length, c.calls.length]).toEqual([1, 1]);
    expect(c.calls[0]?.request.input).toMatchObject({ continuation: { tokens: wholeAnswer(9) } });
  });

  test('asks it again behind the same token when nobody else has it', async () => {
    const b = machine('b', slow(2));
    const { ask, clock } = routerOver([machine('a', losesAt(9)), b]);
    const answered = ask();
    await clock.advance(1000);
    await clock.advance(2000);
    const chunks = await answered;
    expect(tokensOf(chunks)).toEqual(wholeAnswer(length));
    expect(chunks.at(-1)).toMatchObject({ usage: { completionTokens: length } });
    expect(b.calls.map(({ request }) => request.input)).toMatchObject(
      Array.from({ length: 3 }, () => ({ continuation: { tokens: wholeAnswer(9) } })),
    );
  });

  test('fails after four attempts', async () => {
    const b = machine('b', slow(9));
    const { ask, clock, router } = routerOver([machine('a', losesAt(9)), b]);
    const refused = expect(ask()).rejects.toMatchObject({ reason: 'not-accepted' });
    await clock.advance(20_000);
    await refused;
    expect(b.calls).toHaveLength(4);
    expect(router.load()).toEqual({ answering: 0, waiting: 0 });
  });

  test('waits for the only one that can while its breaker pauses it', async () => {
    const b = machine('b', { ...slow(3), offer: { slots: 4 } });
    const { ask, clock } = routerOver(
      [machine('a', { ...losesAt(9, lost, 3), offer: { slots: 4 } }), b],
      { strategyOf: () => inThatOrder },
    );
    const answered = Promise.all([ask(), ask(), ask()]);
    await clock.advance(10_000);
    for (const chunks of await answered) expect(tokensOf(chunks)).toEqual(wholeAnswer(length));
    expect(b.calls.length).toBeGreaterThanOrEqual(6);
  });

  test('may go to one that was too slow to begin it', async () => {
    const b = machine('b', slow(1));
    const { ask } = routerOver([b, machine('a', losesAt(9))]);
    const chunks = await ask();
    expect(tokensOf(chunks)).toEqual(wholeAnswer(length));
    expect(b.calls[1]?.request.input).toMatchObject({ continuation: { tokens: wholeAnswer(9) } });
  });

  test('is not waited for before anything was said', async () => {
    const only = machine('a', slow(1));
    const { ask } = routerOver([only]);
    await expect(ask()).rejects.toMatchObject({ reason: 'not-accepted' });
    expect(only.calls).toHaveLength(1);
  });
});
