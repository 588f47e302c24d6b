import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { HardwareSnapshot } from '../core/hardware.ts';
import { describeHardware } from './detect-hardware.ts';
import { parseNvidiaCards } from './nvidia-smi.ts';

const bytes = z.number();
const fixtureSchema = z.object({
  platform: z.enum(['linux', 'darwin', 'win32']),
  arch: z.string(),
  os: z.object({ distro: z.string(), release: z.string() }),
  cpu: z.object({
    manufacturer: z.string(),
    brand: z.string(),
    physicalCores: z.int(),
    performanceCores: z.int().exactOptional(),
    flags: z.string(),
  }),
  graphics: z.object({
    controllers: z.array(
      z.object({
        vendor: z.string(),
        model: z.string(),
        vram: z.number().nullable(),
        vramDynamic: z.boolean(),
        driverVersion: z.string().exactOptional(),
        busAddress: z.string().exactOptional(),
      }),
    ),
  }),
  nvidiaSmi: z.string(),
  amdgpu: z.array(z.object({ busAddress: z.string(), memoryBytes: bytes, freeBytes: bytes })),
  engine: z.object({
    backend: z.enum(['cuda', 'vulkan', 'metal', 'none']),
    deviceNames: z.array(z.string()),
    totalMemoryBytes: bytes,
    unifiedMemoryBytes: bytes,
    systemInfo: z.string(),
  }),
  totalMemoryBytes: bytes,
  usableProcessors: z.int(),
});

/** What this program makes of a machine; `withEngine` is false when the engine's probe did not answer. */
function snapshotOf(name: string, { withEngine = true } = {}): HardwareSnapshot {
  const text = readFileSync(join(import.meta.dirname, 'fixtures', `${name}.json`), 'utf8');
  const fixture = fixtureSchema.parse(JSON.parse(text));
  return describeHardware({
    ...fixture,
    hostName: 'mill',
    osFallback: '',
    controllers: fixture.graphics.controllers,
    nvidia: parseNvidiaCards(fixture.nvidiaSmi),
    amd: fixture.amdgpu,
    engine: withEngine ? fixture.engine : undefined,
    constrainedMemoryBytes: 0,
  });
}

const mebibyte = 1024 ** 2;

describe('machines with NVIDIA cards', () => {
  test('RTX 3060 under Windows', () => {
    expect(snapshotOf('rtx-3060-windows')).toMatchObject({
      platform: 'win32',
      cpuModel: 'AMD Ryzen 5 5600X',
      physicalCores: 6,
      cpuFeatures: ['avx', 'avx2', 'fma', 'f16c'],
      hasUnifiedMemory: false,
      gpus: [
        {
          name: 'NVIDIA GeForce RTX 3060',
          vendor: 'nvidia',
          memoryBytes: 12_288 * mebibyte,
          driver: '551.86',
          isMissing: false,
        },
      ],
    });
  });

  test('RTX 4090: the graphics inside the processor have no memory of their own', () => {
    expect(snapshotOf('rtx-4090-linux').gpus).toEqual([
      {
        name: 'NVIDIA GeForce RTX 4090',
        vendor: 'nvidia',
        memoryBytes: 24_564 * mebibyte,
        driver: '550.120',
        isMissing: false,
      },
      { name: 'Raphael', vendor: 'amd', isMissing: false },
    ]);
  });

  test('two cards stay in the order of engines; a server’s display chip is none', () => {
    const { gpus } = snapshotOf('two-cards-linux');
    expect(gpus.map(({ name, memoryBytes }) => [name, memoryBytes])).toEqual([
      ['NVIDIA GeForce RTX 3090', 24_576 * mebibyte],
      ['NVIDIA GeForce RTX 3060', 12_288 * mebibyte],
    ]);
  });

  test('a hybrid laptop lists the card that engines number first, and shared graphics without memory', () => {
    const { gpus, performanceCores, cpuFeatures } = snapshotOf('laptop-hybrid-windows');
    expect(gpus).toEqual([
      {
        name: 'NVIDIA GeForce RTX 4060 Laptop GPU',
        vendor: 'nvidia',
        memoryBytes: 8188 * mebibyte,
        driver: '566.14',
        isMissing: false,
      },
      { name: 'Intel(R) UHD Graphics', vendor: 'intel', isMissing: false },
    ]);
    expect(performanceCores).toBe(6);
    expect(cpuFeatures).toContain('avx_vnni');
  });
});

describe('machines with other graphics', () => {
  test('RX 7900 XT: memory comes from the driver, not from the size of a PCI window', () => {
    const { gpus } = snapshotOf('rx-7900-xt-linux');
    expect(gpus[0]).toMatchObject({ vendor: 'amd', memoryBytes: 20_464 * mebibyte });
    expect(gpus).toHaveLength(2);
    expect(gpus[1]).not.toHaveProperty('memoryBytes');
  });

  test('Arc A770', () => {
    expect(snapshotOf('arc-a770-linux')).toMatchObject({
      gpus: [{ vendor: 'intel', memoryBytes: 16_384 * mebibyte, isMissing: false }],
      cpuFeatures: ['avx', 'avx2', 'fma', 'f16c', 'avx_vnni'],
    });
  });

  test.each([
    ['m1-8gb-macos', 'Apple M1', 4, ['neon', 'dotprod', 'fp16']],
    ['m3-max-macos', 'Apple M3 Max', 12, ['neon', 'dotprod', 'fp16', 'i8mm']],
  ] as const)('%s shares one memory', (name, model, performanceCores, cpuFeatures) => {
    expect(snapshotOf(name)).toMatchObject({
      cpuModel: model,
      hasUnifiedMemory: true,
      performanceCores,
      cpuFeatures,
      gpus: [{ name: model, vendor: 'apple', isMissing: false }],
    });
    expect(snapshotOf(name).gpus[0]).not.toHaveProperty('memoryBytes');
  });

  test('none', () => {
    const { gpus, cpuFeatures } = snapshotOf('no-card-linux');
    expect(gpus).toEqual([]);
    expect(cpuFeatures).toContain('avx512_vnni');
  });
});

test.each(['rtx-4090-linux', 'rx-7900-xt-linux', 'laptop-hybrid-windows'])(
  '%s is told without the engine too: cards with memory of their own first',
  (name) => {
    const { gpus } = snapshotOf(name, { withEngine: false });
    expect(gpus[0]?.memoryBytes).toBeGreaterThan(8e9);
    expect(gpus).toHaveLength(2);
  },
);
