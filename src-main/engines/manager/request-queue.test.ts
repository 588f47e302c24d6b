import { beforeEach, describe, expect, test } from 'vitest';
import { MillpondError } from '../../core/error.ts';
import { createFakeClock, settle } from '../../testing/fake-clock.ts';
import type { FakeClock } from '../../testing/fake-clock.ts';
import { RequestQueue } from './request-queue.ts';
import type { QueueEntry } from './request-queue.ts';

describe('RequestQueue', () => {
  let clock: FakeClock;
  let queue: RequestQueue;
  let served: string[];

  beforeEach(() => {
    clock = createFakeClock();
    queue = new RequestQueue({ clock, capacity: 20, onChange: () => {} });
    served = [];
  });

  /** Stands in line; once served, takes a second. */
  async function work(name: string, more: Partial<QueueEntry> = {}): Promise<void> {
    const entry = { caller: name[0] ?? '', priority: 5, signal: new AbortController().signal };
    const leave = await queue.enter({ ...entry, ...more });
    served.push(name);
    await clock.sleep(1000);
    leave();
  }

  test('ten requests of A and one of B: B is served second', async () => {
    queue.setSlots(1);
    const jobs = Array.from({ length: 10 }, (_, index) => work(`A${index + 1}`));
    jobs.push(work('B1'));
    await clock.advance(11_000);
    await Promise.all(jobs);
    expect(served.slice(0, 3)).toEqual(['A1', 'B1', 'A2']);
    expect(served).toHaveLength(11);
  });

  test('lets in as many as there are slots, and holds everyone back while there are none', async () => {
    const jobs = ['a', 'b', 'c'].map((name) => work(name));
    await settle();
    expect(queue).toMatchObject({ waiting: 3, running: 0 });
    queue.setSlots(2);
    await settle();
    expect(queue).toMatchObject({ waiting: 1, running: 2 });
    await clock.advance(2000);
    await Promise.all(jobs);
    expect(queue).toMatchObject({ waiting: 0, running: 0 });
  });

  test('a full queue refuses with an estimate made from the pace so far', async () => {
    queue = new RequestQueue({ clock, capacity: 2, onChange: () => {} });
    queue.setSlots(1);
    const jobs = ['a', 'b', 'c'].map((name) => work(name));
    await settle();
    await expect(work('d')).rejects.toMatchObject({ code: 'overloaded', retryAfterMs: 6000 });
    await clock.advance(3000);
    await Promise.all(jobs);
    const again = ['a', 'b', 'c'].map((name) => work(name));
    await settle();
    const refusal: unknown = await work('d').catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'overloaded' });
    // Answers took one second, not the two that were assumed: 2000 → 1800 → 1640 → 1512.
    expect(refusal).toHaveProperty('retryAfterMs', 4536);
    await clock.advance(3000);
    await Promise.all(again);
  });

  test('a request whose deadline passes in the line is refused with timeout and leaves it', async () => {
    queue.setSlots(1);
    const first = work('a');
    const late = work('b', { deadlineAt: clock.now() + 500 });
    const refused = expect(late).rejects.toMatchObject({ code: 'timeout' });
    await clock.advance(500);
    await refused;
    expect(queue.waiting).toBe(0);
    await clock.advance(500);
    await first;
    expect(served).toEqual(['a']);
  });

  test('an aborted request leaves the line with the reason', async () => {
    const stop = new AbortController();
    const job = work('a', { signal: stop.signal });
    stop.abort(new Error('the caller left'));
    await expect(job).rejects.toThrow('the caller left');
    expect(queue.waiting).toBe(0);
  });

  test('a deadline does not touch a request that is being served', async () => {
    queue.setSlots(1);
    const job = work('a', { deadlineAt: clock.now() + 500 });
    await clock.advance(1000);
    await job;
    expect(served).toEqual(['a']);
    expect(clock.waiting).toBe(0);
  });

  test('refuses everyone who waits, and nobody who is being served', async () => {
    queue.setSlots(1);
    const first = work('a');
    const second = work('b');
    queue.refuseAll(new MillpondError('unavailable', 'gone'));
    await expect(second).rejects.toMatchObject({ code: 'unavailable' });
    await clock.advance(1000);
    await first;
  });

  test('leaving twice frees one slot only', async () => {
    queue.setSlots(1);
    const leave = await queue.enter({
      caller: 'a',
      priority: 5,
      signal: new AbortController().signal,
    });
    leave();
    leave();
    expect(queue.running).toBe(0);
  });
});
