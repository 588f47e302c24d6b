import { expect, test } from 'vitest';
import type { InferenceRequest } from '../../../core/inference.ts';
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

/** Whoever goes first each time that a request gets the first place. */
function firsts(strategy: Strategy, times: number, candidates = all): string[] {
  return Array.from({ length: times }, () => takeFirst(strategy, chat([9]), candidates));
}

function takeFirst(strategy: Strategy, request: InferenceRequest, candidates = all): string {
  const ranked = strategy.rank(request, candidates, idle);
  const [first] = ranked;
  if (first === undefined) throw new Error('nobody was ranked');
  strategy.chosen?.(request, first, ranked);
  return first.upstream.id;
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

test('weighted gives a machine without room no turns that it would take later at once', () => {
  const strategy = createWeighted();
  for (let turn = 0; turn < 5; turn += 1) {
    const ranked = strategy.rank(chat([9]), all, idle);
    const open = ranked.filter(({ upstream: { id } }) => id !== 'a');
    const [first] = open;
    if (first) strategy.chosen?.(chat([9]), first, open);
  }
  expect(firsts(strategy, 6).filter((id) => id === 'a')).toHaveLength(2);
});

test.each([
  ['round-robin', createRoundRobin],
  ['weighted', createWeighted],
  ['sticky', createSticky],
])('%s takes no turn and finds no home for a request that is only looked at again', (_, create) => {
  const [strategy, looked] = [create(), create()];
  const busy = (home: string): InFlightOf => {
    return (id) => ({ answers: id === home ? 0 : 2, waiting: 0 });
  };
  for (const id of ['c', 'b', 'a', 'b']) looked.rank(chat([9]), all, busy(id));
  expect(firsts(looked, 4)).toEqual(firsts(strategy, 4));
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
  const home = takeFirst(strategy, chat([9]));
  const busyHome: InFlightOf = (id) => ({ answers: id === home ? 2 : 0, waiting: 0 });
  expect(strategy.rank(chat([9]), all, busyHome)[0]).toMatchObject({
    upstream: { id: home },
    isSticky: true,
  });
  const others = all.filter(({ id }) => id !== home);
  const next = takeFirst(strategy, chat([9]), others);
  expect(idsOf(strategy.rank(chat([9]), all, idle))[0]).toBe(next);
});

test('sticky keeps conversations of one caller apart', () => {
  const strategy = createSticky();
  const homes = Array.from({ length: 30 }, (_, index) => {
    const affinity = { key: String(index), isStrict: false };
    return takeFirst(strategy, chat([9], 'a', { affinity }));
  });
  expect(new Set(homes).size).toBe(3);
});
