import { expect, test } from 'vitest';
import type { GpuFacts, HardwareSnapshot } from '../core/hardware.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import { HardwareWatch } from './hardware-watch.ts';

const card: GpuFacts = { name: 'RTX 3060', vendor: 'nvidia', memoryBytes: 12e9, isMissing: false };

function watchOf(gpusOfEachLook: readonly (readonly GpuFacts[])[]) {
  let slept = 0;
  const fake = createFakeClock();
  const clock = { ...fake, now: () => fake.now() + slept };
  let looks = 0;
  let wake = (): void => {};
  const watch = new HardwareWatch({
    clock,
    sources: { system: { parts: () => Promise.reject(new Error('not asked')) } },
    onResume: (listener) => {
      wake = listener;
      return () => (wake = () => {});
    },
    detect: () => {
      const gpus = gpusOfEachLook[Math.min(looks, gpusOfEachLook.length - 1)] ?? [];
      looks += 1;
      return Promise.resolve({ machineName: 'mill', gpus } as unknown as HardwareSnapshot);
    },
  });
  return {
    watch,
    clock: fake,
    looks: () => looks,
    /** The computer sleeps: its own time goes on, timers do not. */
    sleep: (ms: number) => void (slept += ms),
    wake: () => {
      wake();
    },
  };
}

test('looks once, and not again while nothing happens', async () => {
  const { watch, clock, looks } = watchOf([[card]]);
  expect(watch.snapshot).toBeUndefined();
  expect((await watch.start()).gpus).toEqual([card]);
  await clock.advance(10 * 60_000);
  expect(looks()).toBe(1);
});

test('a jump of the clock means sleep: a card that did not come back is missing', async () => {
  const { watch, clock, sleep, looks } = watchOf([[card], []]);
  await watch.start();
  const changes: HardwareSnapshot[] = [];
  watch.onChange((snapshot) => changes.push(snapshot));
  sleep(31_000);
  await clock.advance(15_000);
  expect(looks()).toBe(2);
  expect(watch.snapshot?.gpus).toEqual([{ ...card, isMissing: true }]);
  expect(changes).toHaveLength(1);
});

test('the shell’s word is enough, and a card that came back is announced', async () => {
  const { watch, clock, wake } = watchOf([[card], [], [card]]);
  await watch.start();
  wake();
  await clock.advance(0);
  expect(watch.snapshot?.gpus).toEqual([{ ...card, isMissing: true }]);
  wake();
  await clock.advance(0);
  expect(watch.snapshot?.gpus).toEqual([card]);
});

test('stopped, it leaves no timer and hears nothing', async () => {
  const { watch, clock, wake, looks } = watchOf([[card]]);
  await watch.start();
  watch.stop();
  wake();
  await clock.advance(60_000);
  expect(looks()).toBe(1);
  expect(clock.waiting).toBe(0);
});
