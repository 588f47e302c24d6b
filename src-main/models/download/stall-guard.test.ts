import { expect, test } from 'vitest';
import { createFakeClock } from '../../testing/fake-clock.ts';
import { StallGuard } from './stall-guard.ts';

function guarded() {
  const clock = createFakeClock();
  let stalls = 0;
  const guard = new StallGuard(clock, 15_000, () => (stalls += 1));
  return { clock, guard, stalls: () => stalls };
}

test('silence for the whole time is a stall, told once', async () => {
  const { clock, stalls } = guarded();
  await clock.advance(14_999);
  expect(stalls()).toBe(0);
  await clock.advance(60_000);
  expect(stalls()).toBe(1);
});

test('each arrival begins the time anew', async () => {
  const { clock, guard, stalls } = guarded();
  for (let second = 0; second < 60; second += 10) {
    await clock.advance(10_000);
    guard.touch();
  }
  expect(stalls()).toBe(0);
  await clock.advance(15_000);
  expect(stalls()).toBe(1);
});

test('our own slowness is no stall', async () => {
  const { clock, guard, stalls } = guarded();
  const holding = guard.hold(clock.sleep(100_000));
  await clock.advance(100_000);
  await holding;
  expect(stalls()).toBe(0);
  await clock.advance(15_000);
  expect(stalls()).toBe(1);
});

test('nothing is told after its end', async () => {
  const { clock, guard, stalls } = guarded();
  guard.stop();
  await clock.advance(60_000);
  expect(stalls()).toBe(0);
  expect(clock.waiting).toBe(0);
});
