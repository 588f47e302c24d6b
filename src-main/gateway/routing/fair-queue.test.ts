import { describe, expect, test } from 'vitest';
import { createFakeClock } from '../../testing/fake-clock.ts';
import { FairQueue, maxWaiting, maxWaitingPerLine } from './fair-queue.ts';
import type { Ticket } from './fair-queue.ts';

/** A line for places that the test hands out one by one. */
function setUp() {
  const clock = createFakeClock();
  const queue = new FairQueue<string>(clock);
  const order: string[] = [];
  const given: string[] = [];
  let free = 0;
  const ticket = (name: string, change: Partial<Ticket<string>> = {}): Ticket<string> => ({
    line: 'guide',
    caller: name,
    priority: 5,
    take: () => {
      if (free === 0) return undefined;
      free -= 1;
      order.push(name);
      return name;
    },
    giveBack: (place) => given.push(place),
    ...change,
  });
  return {
    clock,
    queue,
    order,
    given,
    join: (name: string, change?: Partial<Ticket<string>>) => queue.join(ticket(name, change)),
    release: (count = 1) => {
      free += count;
      queue.wake();
      return Promise.resolve();
    },
  };
}

describe('the line for a model', () => {
  test('serves one caller with a hundred requests and one with a single one alike', async () => {
    const { queue, join, order, release } = setUp();
    for (let index = 0; index < 50; index += 1) join('many');
    join('one');
    await release(2);
    expect(order).toEqual(['many', 'one']);
    await release(49);
    expect(queue.size).toBe(0);
  });

  test('shares evenly between callers who keep coming', async () => {
    const { join, order, release } = setUp();
    for (const caller of ['a', 'b', 'c']) for (let n = 0; n < 12; n += 1) join(caller);
    for (let round = 0; round < 12; round += 1) await release();
    const share = (caller: string): number => order.filter((each) => each === caller).length;
    expect([share('a'), share('b'), share('c')]).toEqual([4, 4, 4]);
  });

  test('idle time is no credit', async () => {
    const { join, order, release } = setUp();
    for (let n = 0; n < 20; n += 1) join('steady');
    await release(10);
    for (let n = 0; n < 5; n += 1) join('late');
    order.length = 0;
    await release(6);
    expect(order.filter((each) => each === 'late')).toHaveLength(3);
  });

  test('a weight of two is served twice as often', async () => {
    const { join, order, release } = setUp();
    for (let n = 0; n < 12; n += 1) {
      join('giver', { weight: 2 });
      join('taker');
    }
    await release(12);
    expect(order.filter((each) => each === 'giver')).toHaveLength(8);
  });

  test('the person at the keyboard goes first', async () => {
    const { join, order, release } = setUp();
    for (let n = 0; n < 3; n += 1) join('script');
    join('window', { priority: 9 });
    await release();
    expect(order).toEqual(['window']);
  });

  test('one who fits nowhere does not hold up those behind', async () => {
    const { join, order, release } = setUp();
    join('picky', { take: () => undefined });
    join('easy');
    await release();
    expect(order).toEqual(['easy']);
  });

  test('is bounded for each model and in all, and says when to come back', () => {
    const { join } = setUp();
    for (let n = 0; n < maxWaitingPerLine; n += 1) join('a');
    expect(() => join('b')).toThrow(
      expect.objectContaining({ code: 'overloaded', reason: 'queue-full', retryAfterMs: 5000 }),
    );
    for (let n = maxWaitingPerLine; n < maxWaiting; n += 1) {
      join('a', { line: `line ${Math.floor(n / maxWaitingPerLine).toString()}` });
    }
    expect(() => join('b', { line: 'new' })).toThrow(
      expect.objectContaining({ code: 'overloaded' }),
    );
  });
});

describe('news of one’s place', () => {
  test('come when it changes, but not more often than each second', async () => {
    const { join, release, clock } = setUp();
    join('a');
    join('b');
    join('c');
    const mine = join('d');
    expect(await mine.news()).toEqual({ kind: 'waiting', position: 4 });
    await release();
    await release();
    let told: unknown;
    void mine.news().then((news) => (told = news));
    await clock.advance(999);
    expect(told).toBeUndefined();
    await clock.advance(1);
    expect(told).toMatchObject({ kind: 'waiting', position: 2 });
  });

  test('foretell from the pace of the line how long it takes', async () => {
    const { join, release, clock } = setUp();
    for (let n = 0; n < 8; n += 1) join('a');
    for (let n = 0; n < 4; n += 1) {
      await release();
      await clock.advance(2000);
    }
    const mine = join('a');
    expect(await mine.news()).toEqual({ kind: 'waiting', position: 5, etaMs: 10_000 });
  });

  test('a place is told of at once, and one that nobody fetches is given back', async () => {
    const { join, release, given, queue, clock } = setUp();
    const mine = join('a');
    await mine.news();
    const placed = mine.news();
    await release();
    expect(await placed).toEqual({ kind: 'placed', place: 'a' });
    mine.leave();
    expect(given).toEqual([]);
    const left = join('b');
    await left.news();
    await release();
    await clock.advance(0);
    left.leave();
    expect(given).toEqual(['b']);
    expect(queue.size).toBe(0);
    expect(clock.waiting).toBe(0);
  });

  test('a request that cannot be answered any more learns why', async () => {
    const { queue, join } = setUp();
    let isGone = false;
    const mine = join('a', {
      take: () => {
        if (isGone) throw new Error('the last machine left');
        return undefined;
      },
    });
    await mine.news();
    const next = mine.news();
    isGone = true;
    queue.wake();
    await expect(next).rejects.toThrow('the last machine left');
    expect(queue.size).toBe(0);
  });
});
