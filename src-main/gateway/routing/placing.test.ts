import { expect, test } from 'vitest';
import { createFakeClock, settle } from '../../testing/fake-clock.ts';
import type { ExpectedParts } from './expected-time/ranking.ts';
import { machine, routerOver } from './scripted-machines.fixture.ts';
import type { NamedStrategy } from './strategies.ts';

const answerMs = 1000;
const nothing: ExpectedParts = {
  ...{ loadMs: 0, waitMs: 0, prefillMs: 0, decodeMs: 0, roundTripMs: 0, penaltyMs: 0 },
  ...{ evictionMs: 0, cachedTokens: 0, expectedMs: 0 },
};

/** `soon` before `now`, with these figures. */
function inThisOrder(soon: Partial<ExpectedParts>, now: Partial<ExpectedParts>): NamedStrategy {
  const figures = new Map([
    ['soon', soon],
    ['now', now],
  ]);
  return {
    name: 'expected-time',
    rank: (_, candidates) =>
      candidates
        .toSorted((a, b) => b.id.localeCompare(a.id))
        .map((upstream) => ({
          ...{ upstream, isSticky: false },
          expected: { ...nothing, ...figures.get(upstream.id) },
        })),
  };
}

async function placeOfSecond(strategy: NamedStrategy): Promise<string | undefined> {
  const clock = createFakeClock();
  const machines = ['soon', 'now'].map((id) =>
    machine(id, { length: 1, before: () => clock.sleep(answerMs) }),
  );
  const { ask } = routerOver(machines, { clock, strategyOf: () => strategy });
  const answers = [ask(), ask()];
  await settle();
  await clock.advance(answerMs);
  await clock.advance(answerMs);
  await Promise.all(answers);
  const counts = new Map(machines.map(({ calls, upstream }) => [upstream.id, calls.length]));
  return counts.get('soon') === 2 ? 'soon' : 'now';
}

test('a busy machine that is expected to be sooner is waited for', async () => {
  const strategy = inThisOrder({ waitMs: 1000, expectedMs: 1500 }, { expectedMs: 4000 });
  expect(await placeOfSecond(strategy)).toBe('soon');
});

test('so is one that costs others less, although a free one would answer sooner', async () => {
  const strategy = inThisOrder(
    { waitMs: 1000, expectedMs: 1500 },
    { expectedMs: 500, evictionMs: 4000 },
  );
  expect(await placeOfSecond(strategy)).toBe('soon');
});

test('one that costs as much as a free one is not', async () => {
  const strategy = inThisOrder({ waitMs: 1000, expectedMs: 1500 }, { expectedMs: 1500 });
  expect(await placeOfSecond(strategy)).toBe('now');
});
