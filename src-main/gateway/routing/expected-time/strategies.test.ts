import { expect, test } from 'vitest';
import { chat, idle, idsOf, upstream } from './expected-time.fixture.ts';
import type { InFlightOf, Strategy } from './ranking.ts';
import {
  createLeastBusy,
  createPriority,
  createRoundRobin,
  createSticky,
  createWeighted,
} from './strategies.ts';

const all = [upstream('a'), upstream('b'), upstream('c')];

function firsts(strategy: Strategy, times: number, candidates = all): (string | undefined)[] {
  return Array.from({ length: times }, () => idsOf(strategy.rank(chat([9]), candidates, idle))[0]);
}

test.each([
  ['round-robin', createRoundRobin],
  ['weighted', createWeighted],
  ['priority', createPriority],
  ['least-busy', createLeastBusy],
  ['sticky', createSticky],
])('%s ranks each once, and nobody among nobody', (_, create) => {
  const strategy = create();
  expect(idsOf(strategy.rank(chat([9]), all, idle)).toSorted()).toEqual(['a', 'b', 'c']);
  expect(strategy.rank(chat([9]), [], idle)).toEqual([]);
});

test('round-robin takes one after the other, in whatever order they are told', () => {
  const strategy = createRoundRobin();
  expect(firsts(strategy, 4)).toEqual(['a', 'b', 'c', 'a']);
  expect(firsts(strategy, 2, all.toReversed())).toEqual(['b', 'c']);
});

test('weighted takes each as often as its weight says, and none without one first', () => {
  const weighted = [
    upstream('a', { weight: 3 }),
    upstream('b', { weight: 1 }),
    upstream('c', { weight: 0 }),
  ];
  const order = firsts(createWeighted(), 8, weighted);
  expect(order.filter((id) => id === 'a')).toHaveLength(6);
  expect(order.filter((id) => id === 'b')).toHaveLength(2);
  expect(order.slice(0, 4).filter((id) => id === 'b')).toHaveLength(1);
});

const busyA: InFlightOf = (id) => ({ answers: id === 'a' ? 1 : 0, waiting: 0 });

test('least-busy goes by the share of slots in use, ours and those that the machine tells', () => {
  const large = upstream('a', { slots: 8 });
  const half = upstream('b', { slots: 2, busySlots: 1 });
  expect(idsOf(createLeastBusy().rank(chat([9]), [half, large], busyA))).toEqual(['a', 'b']);
  expect(idsOf(createLeastBusy().rank(chat([9]), [upstream('a'), upstream('b')], busyA))).toEqual([
    'b',
    'a',
  ]);
});

test('priority takes the lowest tier, and of it the least busy', () => {
  const tiers = [
    upstream('c', { priority: 2 }),
    upstream('a', { priority: 1 }),
    upstream('b', { priority: 1 }),
  ];
  expect(idsOf(createPriority().rank(chat([9]), tiers, busyA))).toEqual(['b', 'a', 'c']);
});

test('sticky stays with the first machine while it is there, and stays with the next one after', () => {
  const strategy = createSticky();
  const [home = ''] = idsOf(strategy.rank(chat([9]), all, idle));
  const busyHome: InFlightOf = (id) => ({ answers: id === home ? 2 : 0, waiting: 0 });
  expect(strategy.rank(chat([9]), all, busyHome)[0]).toMatchObject({
    upstream: { id: home },
    isSticky: true,
  });
  const others = all.filter(({ id }) => id !== home);
  const [next = ''] = idsOf(strategy.rank(chat([9]), others, idle));
  expect(idsOf(strategy.rank(chat([9]), all, idle))[0]).toBe(next);
});

test('sticky keeps conversations of one caller apart', () => {
  const strategy = createSticky();
  const homes = Array.from({ length: 30 }, (_, index) => {
    const affinity = { key: String(index), isStrict: false };
    return idsOf(strategy.rank(chat([9], 'a', { affinity }), all, idle))[0];
  });
  expect(new Set(homes).size).toBe(3);
});
