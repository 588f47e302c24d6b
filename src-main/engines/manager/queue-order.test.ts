import { describe, expect, test } from 'vitest';
import { estimateWaitMs, pickNext } from './queue-order.ts';
import type { Waiting } from './queue-order.ts';

const waiting = (caller: string, since: number, priority = 5, isVisitor = false): Waiting => ({
  ...{ caller, since, priority, isVisitor },
});

describe('pickNext', () => {
  test('takes the oldest request while nobody was served yet', () => {
    const line = [waiting('a', 20), waiting('b', 10)];
    expect(pickNext(line, new Map(), 30)).toEqual(waiting('b', 10));
  });

  test('prefers the caller who was served longest ago, whoever came first', () => {
    const line = [waiting('a', 10), waiting('b', 90)];
    const turns = new Map([
      ['a', 7],
      ['b', 3],
    ]);
    expect(pickNext(line, turns, 100)?.caller).toBe('b');
  });

  test('waiting long does not let a busy caller overtake another of the same priority', () => {
    const line = [waiting('a', 0), waiting('b', 59_000)];
    expect(pickNext(line, new Map([['a', 1]]), 60_000)?.caller).toBe('b');
  });

  test('a visitor comes after everybody of this machine, however long and urgently it waits', () => {
    const line = [waiting('pool', 0, 9, true), waiting('tool', 3_600_000, 0)];
    expect(pickNext(line, new Map(), 3_600_001)?.caller).toBe('tool');
    expect(pickNext(line.slice(0, 1), new Map(), 3_600_001)?.caller).toBe('pool');
  });

  test('lets the more urgent request go first', () => {
    const line = [waiting('batch', 0, 1), waiting('person', 100, 9)];
    expect(pickNext(line, new Map(), 200)?.caller).toBe('person');
  });

  test('lets a background request catch up while it waits', () => {
    const line = [waiting('batch', 0, 1), waiting('person', 49_000, 9)];
    expect(pickNext(line, new Map(), 50_000)?.caller).toBe('batch');
  });

  test('finds nobody in an empty line', () => {
    expect(pickNext<Waiting>([], new Map(), 0)).toBeUndefined();
  });
});

describe('estimateWaitMs', () => {
  test('multiplies the rounds that are ahead by the pace so far', () => {
    expect(estimateWaitMs({ waiting: 7, slots: 4, averageServiceMs: 3000 })).toBe(6000);
  });

  test('never promises less than a second', () => {
    expect(estimateWaitMs({ waiting: 0, slots: 4, averageServiceMs: 10 })).toBe(1000);
  });
});
