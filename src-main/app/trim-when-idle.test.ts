import { expect, test } from 'vitest';
import { createFakeClock } from '../testing/fake-clock.ts';
import { trimMemory } from '../platform/heap-memory.ts';
import { trimWhenIdle } from './trim-when-idle.ts';

function setUp() {
  const clock = createFakeClock();
  const state = { isIdle: true, trims: 0 };
  const idle = trimWhenIdle({
    clock,
    isIdle: () => state.isIdle,
    trim: () => (state.trims += 1),
  });
  return { clock, state, idle };
}

test('trims once after the start, and not again while nothing happens', async () => {
  const { clock, state } = setUp();
  await clock.advance(20_000);
  expect(state.trims).toBe(1);
  await clock.advance(3_600_000);
  expect(state.trims).toBe(1);
});

test('waits until work has been over for a while', async () => {
  const { clock, state, idle } = setUp();
  await clock.advance(19_000);
  idle.worked();
  state.isIdle = false;
  await clock.advance(60_000);
  expect(state.trims).toBe(0);
  state.isIdle = true;
  await clock.advance(20_000);
  expect(state.trims).toBe(1);
});

test('trims again after the next time of work, and never after it was stopped', async () => {
  const { clock, state, idle } = setUp();
  await clock.advance(20_000);
  idle.worked();
  await clock.advance(20_000);
  expect(state.trims).toBe(2);
  idle.worked();
  idle.stop();
  await clock.advance(60_000);
  expect(state.trims).toBe(2);
});

test('the real trim gives back what nothing refers to', () => {
  let heap: number[] | undefined = Array.from({ length: 4_000_000 }, (_, index) => index);
  const before = process.memoryUsage().heapUsed;
  expect(heap.length).toBe(4_000_000);
  heap = undefined;
  trimMemory();
  expect(process.memoryUsage().heapUsed).toBeLessThan(before - 20_000_000);
});
