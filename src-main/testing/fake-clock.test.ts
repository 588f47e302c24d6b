import { expect, test } from 'vitest';
import { createFakeClock } from './fake-clock.ts';

test('runs what falls due in order, also what was added on the way', async () => {
  const clock = createFakeClock(1000);
  const seen: string[] = [];
  clock.after(20, () => seen.push(`second at ${clock.now()}`));
  clock.after(10, () => {
    seen.push(`first at ${clock.now()}`);
    clock.after(5, () => seen.push(`added at ${clock.now()}`));
  });
  await clock.advance(30);
  expect(seen).toEqual(['first at 1010', 'added at 1015', 'second at 1020']);
  expect(clock.now()).toBe(1030);
});

test('a sleep ends early with the reason of its signal', async () => {
  const clock = createFakeClock();
  const stop = new AbortController();
  const sleep = clock.sleep(1000, stop.signal);
  stop.abort(new Error('enough'));
  await expect(sleep).rejects.toThrow('enough');
  expect(clock.waiting).toBe(0);
});
