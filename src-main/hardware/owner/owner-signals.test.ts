import { expect, test, vi } from 'vitest';
import type { ProgramExitHandle } from './program-double.fixture.ts';
import { programDouble } from './program-double.fixture.ts';
import { createFakeClock, settle } from '../../testing/fake-clock.ts';
import { createKeepAwake } from './keep-awake.ts';
import { linuxFullScreen } from './linux-full-screen.ts';
import { linuxIdle } from './linux-idle.ts';
import { nvidiaUse } from './nvidia-use.ts';
import { createOwnerSignals } from './owner-signals.ts';
import type { SignalSource } from './owner-readings.ts';
import { createSystemSignals } from './system-signals.ts';

const pmonHeader = '# gpu         pid   type     sm    mem    enc    dec    jpg    ofa    command';

test('a source runs exactly while somebody wants what it serves', () => {
  const events: string[] = [];
  const source: SignalSource = {
    serves: ['idle', 'programs'],
    start(report) {
      events.push('start');
      report('idle', { isKnown: true, value: 7 });
      return () => void events.push('stop');
    },
  };
  const signals = createOwnerSignals([source]);
  signals.observe(new Set(['celsius']));
  expect(events).toEqual([]);
  signals.observe(new Set(['idle']));
  signals.observe(new Set(['idle', 'programs']));
  expect(events).toEqual(['start']);
  expect(signals.readings()).toEqual({ idle: { isKnown: true, value: 7 } });
  signals.observe(new Set());
  expect(events).toEqual(['start', 'stop']);
  expect(signals.readings()).toEqual({});
});

test('only a reading that is another one is announced', () => {
  let report: Parameters<SignalSource['start']>[0] | undefined;
  const source: SignalSource = {
    serves: ['programs'],
    start: (given) => {
      report = given;
      return () => {};
    },
  };
  const signals = createOwnerSignals([source]);
  const heard = vi.fn();
  signals.onChanged(heard);
  signals.observe(new Set(['programs']));
  report?.('programs', { isKnown: true, value: new Set(['a']) });
  report?.('programs', { isKnown: true, value: new Set(['a']) });
  expect(heard).toHaveBeenCalledTimes(1);
  report?.('programs', { isKnown: true, value: new Set(['a', 'b']) });
  expect(heard).toHaveBeenCalledTimes(2);
  report?.('celsius', { isKnown: true, value: 50 });
  expect(heard).toHaveBeenCalledTimes(2);
});

test('a program that starts on the card is told with its first line, one that ends a round later', () => {
  const { launcher, programs } = programDouble();
  const signals = createOwnerSignals([nvidiaUse({ launcher, isOwnProcess: (pid) => pid === 1 })]);
  signals.observe(new Set(['gpuUse']));
  const says = (line: string): void => programs[0]?.line(line);
  says(pmonHeader);
  says('    0          1     C     99     60      -      -      -      -    node');
  expect(signals.readings().gpuUse).toEqual({ isKnown: true, value: { gpu: 0, percent: 0 } });
  says('    0         55     G     80     60      -      -      -      -    blender');
  const busy = { isKnown: true, value: { gpu: 0, percent: 80, program: 'blender' } };
  expect(signals.readings().gpuUse).toEqual(busy);
  says('    0          1     C     99     60      -      -      -      -    node');
  expect(signals.readings().gpuUse).toEqual(busy);
  says('    0          1     C     99     60      -      -      -      -    node');
  expect(signals.readings().gpuUse).toEqual({ isKnown: true, value: { gpu: 0, percent: 0 } });
});

test('idle time grows between the announcements of the desktop', async () => {
  const clock = createFakeClock(1_763_736_060_000);
  const { launcher, programs } = programDouble();
  const signals = createOwnerSignals([linuxIdle({ launcher, clock, hasDesktop: true })]);
  signals.observe(new Set(['idle']));
  expect(signals.readings().idle).toEqual({ isKnown: true, value: 0 });
  const session =
    "/org/freedesktop/login1/session/_32: org.freedesktop.DBus.Properties.PropertiesChanged ('org.freedesktop.login1.Session', ";
  programs[0]?.line(
    `${session}{'IdleHint': <true>, 'IdleSinceHint': <uint64 1763736000000000>}, @as [])`,
  );
  expect(signals.readings().idle).toEqual({ isKnown: true, value: 60_000 });
  await clock.advance(5000);
  expect(signals.readings().idle).toEqual({ isKnown: true, value: 65_000 });
  programs[0]?.line(`${session}{'IdleHint': <false>}, @as [])`);
  expect(signals.readings().idle).toEqual({ isKnown: true, value: 0 });
});

test('a missing tool makes its signal unknown, with the reason, and is not started again', async () => {
  const clock = createFakeClock();
  const { launcher, programs } = programDouble();
  const signals = createOwnerSignals([linuxIdle({ launcher, clock, hasDesktop: true })]);
  signals.observe(new Set(['idle']));
  programs[0]?.exit();
  await settle();
  expect(signals.readings().idle).toMatchObject({ isKnown: false });
  await clock.advance(60_000);
  expect(programs).toHaveLength(1);
});

test('the window in front is followed by one program until another window is', async () => {
  const { launcher, programs } = programDouble();
  const signals = createOwnerSignals([linuxFullScreen({ launcher, display: ':0' })]);
  signals.observe(new Set(['fullScreen']));
  const root = programs[0];
  root?.line('_NET_ACTIVE_WINDOW(WINDOW): window id # 0x3a00007');
  root?.line('_NET_ACTIVE_WINDOW(WINDOW): window id # 0x3a00007');
  expect(programs).toHaveLength(2);
  programs[1]?.line('WM_CLASS(STRING) = "doom", "doom"');
  programs[1]?.line('_NET_WM_STATE(ATOM) = _NET_WM_STATE_FULLSCREEN');
  expect(signals.readings().fullScreen).toEqual({
    isKnown: true,
    value: { isOn: true, program: 'doom' },
  });
  root?.line('_NET_ACTIVE_WINDOW(WINDOW): window id # 0x4200003');
  expect(programs[1]?.isKilled()).toBe(true);
  programs[2]?.line('_NET_WM_STATE:  not found.');
  expect(signals.readings().fullScreen).toEqual({ isKnown: true, value: { isOn: false } });
  signals.observe(new Set());
  await settle();
  expect(programs.map((program: ProgramExitHandle) => program.isKilled())).toEqual([
    true,
    true,
    true,
  ]);
});

test('a Linux machine without desktop and cards starts no program and says what it cannot tell', async () => {
  const clock = createFakeClock();
  const { launcher, programs } = programDouble();
  const signals = createSystemSignals({
    ...{ platform: 'linux', environment: {}, launcher, clock, gpus: [] },
    gpuMemory: {
      start: () => {},
      refresh: () => Promise.resolve(),
      latest: () => [],
      stop: () => {},
    },
    battery: { read: () => Promise.resolve(undefined) },
    isOwnProcess: () => false,
    areWeComputing: () => false,
  });
  signals.observe(
    new Set(['idle', 'fullScreen', 'gpuUse', 'gpuFree', 'celsius', 'mains'] as const),
  );
  await settle();
  expect(programs).toHaveLength(0);
  const { mains, ...others } = signals.readings();
  expect(mains).toEqual({ isKnown: true, value: true });
  expect(Object.keys(others).toSorted()).toEqual([
    ...['celsius', 'fullScreen', 'gpuFree', 'gpuUse', 'idle'],
  ]);
  for (const reading of Object.values(others)) expect(reading).toMatchObject({ isKnown: false });
  signals.observe(new Set());
});

test('keeping awake is one child that lives as long as the wish, and says when it could not', async () => {
  const { launcher, programs } = programDouble();
  const awake = createKeepAwake({ platform: 'linux', launcher });
  awake.set(true);
  awake.set(true);
  expect(programs).toHaveLength(1);
  expect(programs[0]?.command).toBe('systemd-inhibit');
  awake.set(false);
  expect(programs[0]?.isKilled()).toBe(true);
  expect(awake.problem()).toBeUndefined();
  awake.set(true);
  programs[1]?.exit();
  await settle();
  expect(awake.problem()).toContain('systemd-inhibit did not keep it awake');
});
