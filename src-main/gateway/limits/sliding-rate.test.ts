import { describe, expect, test } from 'vitest';
import { randomShares } from '../../testing/random-source.ts';
import { SlidingRate } from './sliding-rate.ts';

const minute = 60_000;

describe('a rate over the last minute', () => {
  test('lets five through, and the sixth as soon as the first is a minute old', () => {
    const rate = new SlidingRate();
    for (let call = 0; call < 5; call += 1) {
      expect(rate.waitMs(1, 5, call * 1000)).toBe(0);
      rate.add(1, call * 1000);
    }
    expect(rate.waitMs(1, 5, 5000)).toBe(minute - 5000);
    expect(rate.waitMs(1, 5, minute - 1)).toBe(1);
    expect(rate.waitMs(1, 5, minute)).toBe(0);
    rate.add(1, minute);
    expect(rate.waitMs(1, 5, minute)).toBe(1000);
  });

  test('gives no second burst at the edge of a minute of the clock', () => {
    const rate = new SlidingRate();
    rate.add(5, minute - 1);
    expect(rate.waitMs(1, 5, minute + 1)).toBe(minute - 2);
  });

  test('takes back what was not used, but not after its minute', () => {
    const rate = new SlidingRate();
    const first = rate.add(400, 0);
    const second = rate.add(400, 1000);
    rate.change(second, -350);
    expect(rate.used(1000)).toBe(450);
    rate.change(first, 100);
    expect(rate.used(1000)).toBe(550);
    expect(rate.used(minute)).toBe(50);
    rate.change(first, -400);
    expect(rate.used(minute)).toBe(50);
  });

  test('never fits what is larger than all of it', () => {
    const rate = new SlidingRate();
    expect(rate.waitMs(6, 5, 0)).toBe(Infinity);
    rate.add(3, 0);
    expect(rate.waitMs(6, 5, 0)).toBe(Infinity);
  });

  test('goes on behind a pause', () => {
    const rate = new SlidingRate();
    rate.add(2, 0);
    rate.add(3, 10_000);
    const next = new SlidingRate();
    next.restore(rate.snapshot(20_000), 30_000, 5000);
    expect(next.used(5000)).toBe(5);
    expect(next.waitMs(1, 5, 5000)).toBe(10_000);
    expect(next.used(15_000)).toBe(3);
    const late = new SlidingRate();
    late.restore(rate.snapshot(20_000), minute, 0);
    expect(late.used(0)).toBe(0);
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'never holds more than allowed in any minute (seed %i)',
    (seed) => {
      const random = randomShares(seed);
      const allowed = 1 + Math.floor(random() * 40);
      const rate = new SlidingRate();
      const admitted: { readonly at: number; readonly amount: number }[] = [];
      let now = 0;
      let refused = 0;
      for (let step = 0; step < 4000; step += 1) {
        now += random() < 0.9 ? random() * 200 : random() * 90_000;
        const amount = 1 + Math.floor(random() * 3);
        if (rate.waitMs(amount, allowed, now) > 0) {
          refused += 1;
          continue;
        }
        rate.add(amount, now);
        admitted.push({ at: now, amount });
      }
      for (const [index, { at: end }] of admitted.entries()) {
        const inMinute = admitted
          .slice(0, index + 1)
          .filter(({ at }) => end - at < minute)
          .reduce((sum, { amount }) => sum + amount, 0);
        expect(inMinute).toBeLessThanOrEqual(allowed);
      }
      expect(refused).toBeGreaterThan(100);
      expect(admitted.length).toBeGreaterThan(100);
    },
  );

  test('says how long to wait, and not longer', () => {
    const random = randomShares(11);
    const rate = new SlidingRate();
    let now = 0;
    let waits = 0;
    for (let step = 0; step < 2000; step += 1) {
      now += random() * 300;
      const waitMs = rate.waitMs(2, 20, now);
      if (waitMs > 0) {
        waits += 1;
        expect(rate.waitMs(2, 20, now + waitMs)).toBe(0);
        now += waitMs;
      }
      rate.add(2, now);
    }
    expect(waits).toBeGreaterThan(50);
  });
});
