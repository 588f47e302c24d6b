import { describe, expect, test } from 'vitest';
import { settle } from '../../testing/fake-clock.ts';
import { AsyncQueue } from './async-queue.ts';

async function readAll<T>(queue: AsyncQueue<T>): Promise<T[]> {
  return Array.fromAsync(queue);
}

describe('AsyncQueue', () => {
  test('hands items over in order and ends after the last one', async () => {
    const queue = new AsyncQueue<number>(2);
    const reading = readAll(queue);
    for (const item of [1, 2, 3, 4]) await queue.push(item);
    queue.end();
    expect(await reading).toEqual([1, 2, 3, 4]);
  });

  test('makes a fast source wait until the reader has taken something', async () => {
    const queue = new AsyncQueue<number>(1);
    await queue.push(1);
    let isAccepted = false;
    const second = queue.push(2).then(() => (isAccepted = true));
    await settle();
    expect(isAccepted).toBe(false);
    const reader = queue[Symbol.asyncIterator]();
    expect(await reader.next()).toEqual({ done: false, value: 1 });
    await second;
    expect(isAccepted).toBe(true);
  });

  test('offer never waits and may exceed the capacity', async () => {
    const queue = new AsyncQueue<number>(1);
    for (const item of [1, 2, 3]) queue.offer(item);
    queue.end();
    expect(await readAll(queue)).toEqual([1, 2, 3]);
  });

  test('delivers what was pushed before a failure, then throws it', async () => {
    const queue = new AsyncQueue<number>(5);
    queue.offer(1);
    queue.end(new Error('the source broke'));
    const reader = queue[Symbol.asyncIterator]();
    expect(await reader.next()).toEqual({ done: false, value: 1 });
    await expect(reader.next()).rejects.toThrow('the source broke');
  });

  test('an abort ends it at once although the source has stalled', async () => {
    const stop = new AbortController();
    const queue = new AsyncQueue<number>(5, { signal: stop.signal });
    const reading = readAll(queue);
    await settle();
    stop.abort(new Error('the caller left'));
    await expect(reading).rejects.toThrow('the caller left');
  });

  test('an abort throws away what nobody has read yet', async () => {
    const stop = new AbortController();
    const queue = new AsyncQueue<number>(5, { signal: stop.signal });
    queue.offer(1);
    stop.abort(new Error('the caller left'));
    await expect(readAll(queue)).rejects.toThrow('the caller left');
  });

  test('a signal that was aborted before is obeyed as well', async () => {
    const queue = new AsyncQueue<number>(5, { signal: AbortSignal.abort(new Error('too late')) });
    await queue.push(1);
    await expect(readAll(queue)).rejects.toThrow('too late');
  });

  test('leaving the loop tells the source once and lets a waiting push go', async () => {
    let left = 0;
    const queue = new AsyncQueue<number>(1, { onReturn: () => (left += 1) });
    await queue.push(1);
    const blocked = queue.push(2);
    const alsoBlocked = queue.push(3);
    for await (const item of queue) if (item === 1) break;
    await Promise.all([blocked, alsoBlocked]);
    expect(left).toBe(1);
  });

  test('takes nothing more once it has ended', async () => {
    const queue = new AsyncQueue<number>(5);
    queue.end();
    await queue.push(1);
    queue.end(new Error('too late to matter'));
    expect(await readAll(queue)).toEqual([]);
  });
});
