import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readAmdCounters } from './amd-use.ts';
import { parseActiveWindow, parseFullScreen, parseWindowClass } from './linux-full-screen.ts';
import { parseIdleHint } from './linux-idle.ts';
import { readPrograms } from './linux-programs.ts';
import { reportMacosLine } from './macos-helper.ts';
import { PmonTable, useByOthers } from './nvidia-use.ts';
import type { OwnerReadings, Report } from './owner-readings.ts';
import { reportWindowsLine } from './windows-helper.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millpond-owner-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function linesOf(name: string): readonly string[] {
  const text = readFileSync(join(import.meta.dirname, 'fixtures', name), 'utf8');
  return text.split('\n').filter((line) => line !== '');
}

/** Every reading in the order in which it was told. */
function collector() {
  const told: [keyof OwnerReadings, unknown][] = [];
  const report: Report = (name, reading) => {
    told.push([name, reading.isKnown ? reading.value : reading.problem]);
  };
  return { told, report };
}

function write(path: string, text: string): void {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), text);
}

test('nvidia-smi pmon: only what others use counts, and the biggest of them is named', () => {
  const table = new PmonTable();
  const rounds = linesOf('nvidia-pmon.txt').flatMap((line) => {
    const round = table.add(line);
    return round === undefined ? [] : [useByOthers(round, (pid) => pid === 4242)];
  });
  expect(rounds).toEqual([
    { gpu: 0, percent: 3, program: 'Xorg' },
    { gpu: 0, percent: 73, program: 'Blender' },
    { gpu: 0, percent: 2, program: 'Xorg' },
  ]);
});

test('logind: the desktop says since when nobody touched anything', () => {
  expect(linesOf('gdbus-login1.txt').map(parseIdleHint)).toEqual([
    {},
    {},
    {},
    { isIdle: true, since: 1_763_736_000_000 },
    { isIdle: false, since: 1_763_736_600_000 },
  ]);
});

test('xprop: which window is in front, whose it is, and whether it is full screen', () => {
  expect(linesOf('xprop-root.txt').map(parseActiveWindow)).toEqual([
    '0x3a00007',
    undefined,
    '0x4200003',
  ]);
  const lines = linesOf('xprop-window.txt');
  expect(lines.map(parseFullScreen)).toEqual([undefined, false, true, false]);
  expect(lines.map(parseWindowClass)[0]).toBe('vlc');
});

test('Windows: idle time, full screen and programs come from one helper', () => {
  const { told, report } = collector();
  for (const line of [...linesOf('windows-helper.txt'), 'nonsense 4', 'idle soon']) {
    reportWindowsLine(line, report);
  }
  expect(told).toEqual([
    ['idle', 1234],
    ['fullScreen', { isOn: false }],
    ['programs', new Set(['system', 'explorer', 'rocketleague', 'millpond'])],
    ['idle', 3],
    ['fullScreen', { isOn: true }],
    ['programs', new Set(['system', 'explorer'])],
  ]);
});

test('macOS: idle time and programs come from one helper', () => {
  const { told, report } = collector();
  for (const line of linesOf('macos-helper.txt')) reportMacosLine(line, report);
  expect(told).toEqual([
    ['idle', 12_346],
    ['programs', new Set(['finder', 'final cut pro', 'millpond'])],
  ]);
});

test('Linux: programs are read from files, whole names from the command line', async () => {
  write('1/comm', 'systemd\n');
  write('1/cmdline', '/sbin/init\0splash\0');
  write('77/comm', 'a-very-long-nam\n');
  write('77/cmdline', '/opt/Games/A-Very-Long-Name.exe\0-window\0');
  write('78/comm', 'kworker/0:1\n');
  write('self-is-no-process/comm', 'no\n');
  expect(await readPrograms(folder)).toEqual(
    new Set(['systemd', 'init', 'a-very-long-nam', 'a-very-long-name', '0:1']),
  );
  expect(await readPrograms(join(folder, 'nowhere'))).toEqual(new Set());
});

test('amdgpu: load and heat are read from files, and other drivers have none', async () => {
  write('card0/device/gpu_busy_percent', '37\n');
  write('card0/device/hwmon/hwmon3/temp1_input', '61000\n');
  write('card1/device/vendor', '0x8086\n');
  write('card0-HDMI-A-1/status', 'connected\n');
  expect(await readAmdCounters(folder)).toEqual([
    { busyPercent: 37, celsius: 61 },
    { busyPercent: undefined, celsius: undefined },
  ]);
});
