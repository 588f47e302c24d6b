import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { entryFile, programFilesAt } from '../platform/program-files.ts';
import { defaultThreads, describeHardware, detectHardware } from './detect-hardware.ts';
import { createSystemReader } from './system-reader.ts';
import type { RawHardware } from './detect-hardware.ts';

const gibibyte = 1024 ** 3;
const raw: RawHardware = {
  platform: 'linux',
  hostName: 'mill.local',
  osFallback: 'Linux 6.1',
  os: { distro: 'Debian GNU/Linux', release: '12' },
  cpu: { brand: 'Core i7-12700', physicalCores: 12, performanceCores: 8 },
  arch: 'x64',
  controllers: [],
  nvidia: [],
  amd: [],
  engine: undefined,
  usableProcessors: 20,
  totalMemoryBytes: 32 * gibibyte,
  constrainedMemoryBytes: 0,
};

describe('describeHardware', () => {
  test('tells performance cores from all cores', () => {
    const hardware = describeHardware(raw);
    expect(hardware).toMatchObject({
      machineName: 'mill',
      osName: 'Debian GNU/Linux 12',
      physicalCores: 12,
      performanceCores: 8,
      totalMemoryBytes: 32 * gibibyte,
    });
    expect(defaultThreads(hardware)).toBe(7);
  });

  test('the limits of a container win over what the computer has', () => {
    const hardware = describeHardware({
      ...raw,
      usableProcessors: 2,
      constrainedMemoryBytes: 4 * gibibyte,
    });
    expect(hardware).toMatchObject({
      physicalCores: 2,
      performanceCores: 2,
      totalMemoryBytes: 4 * gibibyte,
    });
    expect(defaultThreads(hardware)).toBe(1);
  });

  test('an absurd container limit means none', () => {
    const hardware = describeHardware({ ...raw, constrainedMemoryBytes: 2 ** 63 });
    expect(hardware.totalMemoryBytes).toBe(32 * gibibyte);
  });

  test('keeps real graphics cards with the memory that is theirs alone', () => {
    const { gpus } = describeHardware({
      ...raw,
      controllers: [
        {
          model: 'RTX 4090',
          vendor: 'NVIDIA',
          vram: 24_576,
          vramDynamic: false,
          driverVersion: '550',
        },
        { model: 'UHD 770', vendor: 'Intel', vram: 128, vramDynamic: true },
        {
          model: 'Microsoft Basic Display Adapter',
          vendor: 'Microsoft',
          vram: 0,
          vramDynamic: false,
        },
      ],
    });
    expect(gpus).toEqual([
      {
        name: 'RTX 4090',
        vendor: 'nvidia',
        memoryBytes: 24 * gibibyte,
        driver: '550',
        isMissing: false,
      },
      { name: 'UHD 770', vendor: 'intel', isMissing: false },
    ]);
  });

  test('works when the system answers nothing', () => {
    const hardware = describeHardware({
      ...raw,
      os: undefined,
      cpu: undefined,
      controllers: undefined,
      usableProcessors: 4,
    });
    expect(hardware).toMatchObject({ osName: 'Linux 6.1', physicalCores: 4, gpus: [] });
  });
});

const workerFile = entryFile(programFilesAt(join(import.meta.dirname, '..')), 'hardware-worker');

test('this very machine can be described, by a thread of its own', async () => {
  const hardware = await detectHardware({ system: createSystemReader({ workerFile }) });
  expect(hardware.cpuModel).not.toBe('CPU');
  expect(hardware.physicalCores).toBeGreaterThanOrEqual(1);
  expect(hardware.performanceCores).toBeLessThanOrEqual(hardware.physicalCores);
  expect(hardware.totalMemoryBytes).toBeGreaterThan(gibibyte / 4);
  expect(hardware.machineName).not.toBe('');
});

test('a thread that dies leaves what the computer says without asking', async () => {
  const system = createSystemReader({ workerFile: `${workerFile}.missing` });
  const hardware = await detectHardware({ system });
  expect(hardware).toMatchObject({ cpuModel: 'CPU', gpus: [] });
  expect(hardware.totalMemoryBytes).toBeGreaterThan(gibibyte / 4);
});
