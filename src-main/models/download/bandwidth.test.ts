import { expect, test } from 'vitest';
import { createFakeClock } from '../../testing/fake-clock.ts';
import { Bandwidth } from './bandwidth.ts';

const { signal } = new AbortController();

test('nobody waits without a limit', () => {
  const bandwidth = new Bandwidth(createFakeClock(), () => 0);
  expect(bandwidth.take(1e9, signal)).toBeUndefined();
});

test('all takers together stay below the limit', async () => {
  const clock = createFakeClock();
  const bandwidth = new Bandwidth(clock, () => 1000);
  await clock.advance(1000);
  let taken = 0;
  const takers = [1, 2, 3].map(async () => {
    for (let piece = 0; piece < 20; piece += 1) {
      await bandwidth.take(100, signal);
      taken += 100;
    }
  });
  await clock.advance(2000);
  // Two seconds, a burst of a quarter, and what each taker is just being given.
  expect(taken).toBeGreaterThanOrEqual(1900);
  expect(taken).toBeLessThanOrEqual(2250 + 300);
  await clock.advance(10_000);
  await Promise.all(takers);
});

test('a higher limit ends a long wait soon', async () => {
  const clock = createFakeClock();
  let rate = 10;
  const bandwidth = new Bandwidth(clock, () => rate);
  let isThrough = false;
  const taking = bandwidth.take(100_000, signal)?.then(() => (isThrough = true));
  await clock.advance(5000);
  expect(isThrough).toBe(false);
  rate = 0;
  await clock.advance(1000);
  await taking;
  expect(isThrough).toBe(true);
});

test('a wait can be aborted', async () => {
  const clock = createFakeClock();
  const bandwidth = new Bandwidth(clock, () => 1);
  const stop = new AbortController();
  const taking = bandwidth.take(1000, stop.signal);
  stop.abort(new Error('paused'));
  await expect(taking).rejects.toThrow('paused');
});
