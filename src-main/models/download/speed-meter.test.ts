import { expect, test } from 'vitest';
import { SpeedMeter } from './speed-meter.ts';

test('tells the rate of the last seconds and forgets older ones', () => {
  const meter = new SpeedMeter();
  for (let at = 0; at <= 10_000; at += 100) meter.add(100, at);
  expect(meter.bytesPerSecond(10_000)).toBeGreaterThan(900);
  expect(meter.bytesPerSecond(10_000)).toBeLessThan(1100);
  for (let at = 10_100; at <= 16_000; at += 100) meter.add(500, at);
  expect(meter.bytesPerSecond(16_000)).toBeGreaterThan(4500);
});

test('says nothing before there is something to judge by, and after a while of silence', () => {
  const meter = new SpeedMeter();
  expect(meter.bytesPerSecond(0)).toBeUndefined();
  meter.add(100, 0);
  expect(meter.bytesPerSecond(100)).toBeUndefined();
  expect(meter.bytesPerSecond(1000)).toBe(100);
  expect(meter.bytesPerSecond(10_000)).toBeUndefined();
});
