import { expect, test } from 'vitest';
import { createFakeClock } from '../../testing/fake-clock.ts';
import { clampTiming } from '../wire/protocol.ts';
import { SilenceWatch } from './silence-watch.ts';

function watched() {
  const clock = createFakeClock();
  let silences = 0;
  const onSilent = (): void => void (silences += 1);
  const watch = new SilenceWatch({ clock, timing: clampTiming(undefined), onSilent });
  return { clock, watch, silences: () => silences };
}

test('an idle connection is dead after three missed heartbeats', async () => {
  const { clock, watch, silences } = watched();
  await clock.advance(29_000);
  watch.heard();
  await clock.advance(29_999);
  expect(silences()).toBe(0);
  await clock.advance(1);
  expect(silences()).toBe(1);
  expect(clock.waiting).toBe(0);
});

test('with answers under way six seconds are too long, counted from their beginning', async () => {
  const { clock, watch, silences } = watched();
  await clock.advance(20_000);
  watch.setLive(true);
  await clock.advance(5999);
  expect(silences()).toBe(0);
  await clock.advance(1);
  expect(silences()).toBe(1);
});

test('when the last answer is over the long bound holds again', async () => {
  const { clock, watch, silences } = watched();
  watch.setLive(true);
  await clock.advance(5000);
  watch.setLive(false);
  await clock.advance(24_000);
  expect(silences()).toBe(0);
  watch.stop();
  expect(clock.waiting).toBe(0);
});
