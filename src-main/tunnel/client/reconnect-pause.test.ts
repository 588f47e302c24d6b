import { expect, test } from 'vitest';
import { clampTiming } from '../wire/protocol.ts';
import { ReconnectPause } from './reconnect-pause.ts';

const idle = { hasLiveRuns: false };
const live = { hasLiveRuns: true };

test('pauses are drawn from all of a doubling span, up to 30 s', () => {
  const longest = new ReconnectPause(() => 1);
  const spans = Array.from({ length: 9 }, () => longest.next(idle));
  expect(spans).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
  const shortest = new ReconnectPause(() => 0);
  expect(Array.from({ length: 9 }, () => shortest.next(idle))).toEqual(Array(9).fill(0));
});

test('with answers to resume no two attempts are more than a second apart', () => {
  const pause = new ReconnectPause(() => 1);
  expect(Array.from({ length: 9 }, () => pause.next(live)).every((ms) => ms <= 1000)).toBe(true);
});

test('a minute of being up forgets earlier failures, less does not', () => {
  const pause = new ReconnectPause(() => 1);
  for (let attempt = 0; attempt < 6; attempt += 1) pause.next(idle);
  pause.wasUpFor(59_999);
  expect(pause.next(idle)).toBe(30_000);
  pause.wasUpFor(60_000);
  expect(pause.next(idle)).toBe(500);
});

test('a gateway that says when it is back is believed within bounds, and not all come at once', () => {
  const pause = new ReconnectPause(() => 0.5);
  expect(pause.next({ ...live, toldMs: 2000 })).toBe(2500);
  expect(pause.next({ ...idle, toldMs: -1 })).toBe(500);
  expect(pause.next({ ...idle, toldMs: 4e9 })).toBe(600_500);
});

test('follows what the gateway tells', () => {
  const pause = new ReconnectPause(() => 1);
  pause.follow(
    clampTiming({ ...clampTiming(undefined), reconnectFirstMs: 2000, reconnectCapMs: 3000 }),
  );
  expect([pause.next(idle), pause.next(idle)]).toEqual([2000, 3000]);
});
