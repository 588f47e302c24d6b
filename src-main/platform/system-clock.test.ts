import { expect, test } from 'vitest';
import { systemClock } from './system-clock.ts';

test('a sleep ends early with the reason of its signal', async () => {
  const stop = new AbortController();
  const sleep = systemClock.sleep(60_000, stop.signal);
  stop.abort(new Error('enough'));
  await expect(sleep).rejects.toThrow('enough');
});

test('calls back once the time has passed, and never before', async () => {
  const startedAt = systemClock.monotonic();
  await new Promise<void>((resolve) => {
    systemClock.after(20, resolve);
    // The timer alone does not keep a process alive.
    const keepAlive = setTimeout(() => {}, 1000);
    systemClock.after(21, () => {
      clearTimeout(keepAlive);
    });
  });
  expect(systemClock.monotonic() - startedAt).toBeGreaterThanOrEqual(19);
});

test('a time beyond what timers can count does not fire at once', async () => {
  let isFired = false;
  const cancel = systemClock.after(Number.MAX_SAFE_INTEGER, () => (isFired = true));
  await systemClock.sleep(5);
  cancel();
  expect(isFired).toBe(false);
});

test('a sleep beyond what timers can count does not end at once', async () => {
  const stop = new AbortController();
  let hasEnded = false;
  const sleep = systemClock.sleep(Number.MAX_SAFE_INTEGER, stop.signal).then(() => {
    hasEnded = true;
  });
  await systemClock.sleep(5);
  stop.abort(new Error('enough'));
  await expect(sleep).rejects.toThrow('enough');
  expect(hasEnded).toBe(false);
});
