import { expect, test } from 'vitest';
import { createFakeClock } from '../testing/fake-clock.ts';
import { createLoadSampler } from './load-sampler.ts';

function sampler() {
  const clock = createFakeClock(0);
  const reads: number[] = [];
  const readFreeMemory = (): number => {
    reads.push(clock.now());
    return 1000 + reads.length;
  };
  return { clock, reads, load: createLoadSampler({ clock, readFreeMemory }) };
}

test('samples every five seconds while someone listens, and not at all otherwise', async () => {
  const { clock, reads, load } = sampler();
  await clock.advance(60_000);
  expect(reads).toEqual([]);
  const seen: number[] = [];
  const leave = load.listen(({ freeMemoryBytes }) => seen.push(freeMemoryBytes));
  await clock.advance(10_000);
  expect(reads).toEqual([65_000, 70_000]);
  expect(seen).toEqual([1001, 1002]);
  leave();
  await clock.advance(60_000);
  expect(reads).toHaveLength(2);
  expect(clock.waiting).toBe(0);
});

test('asking often reads the system once in five seconds', async () => {
  const { clock, reads, load } = sampler();
  load.latest();
  load.latest();
  await clock.advance(4999);
  load.latest();
  expect(reads).toHaveLength(1);
  await clock.advance(1);
  expect(load.latest()).toEqual({ at: 5000, freeMemoryBytes: 1002, gpuFreeBytes: [] });
});

test('one listener leaving does not stop the others', async () => {
  const { clock, load } = sampler();
  let count = 0;
  const leave = load.listen(() => {});
  load.listen(() => (count += 1));
  leave();
  leave();
  await clock.advance(5000);
  expect(count).toBe(1);
});

test('reads the real memory by default', () => {
  const { freeMemoryBytes } = createLoadSampler({ clock: createFakeClock() }).latest();
  expect(freeMemoryBytes).toBeGreaterThan(0);
});
