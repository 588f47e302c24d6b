import { expect, test } from 'vitest';
import { createFakeClock } from '../testing/fake-clock.ts';
import { createBatteryReader } from './battery.ts';

function readerOf(hasBattery: boolean) {
  const clock = createFakeClock();
  let asked = 0;
  const ask = () => {
    asked += 1;
    return Promise.resolve({ hasBattery, isCharging: false, acConnected: true, percent: 80 });
  };
  return { clock, reader: createBatteryReader({ clock, ask }), asked: () => asked };
}

test('a charge is read at most once a minute', async () => {
  const { clock, reader, asked } = readerOf(true);
  expect(await reader.read()).toEqual({ isCharging: true, share: 0.8 });
  await clock.advance(59_000);
  await reader.read();
  expect(asked()).toBe(1);
  await clock.advance(1000);
  await reader.read();
  expect(asked()).toBe(2);
});

test('a machine without a battery is asked once', async () => {
  const { clock, reader, asked } = readerOf(false);
  expect(await reader.read()).toBeUndefined();
  await clock.advance(600_000);
  expect(await reader.read()).toBeUndefined();
  expect(asked()).toBe(1);
});
