import { expect, test } from 'vitest';
import type { HardwareSummary } from '../../core/node.ts';
import { hardwareSentence, modelMemory } from './hardware-sentence.ts';

const gibibyte = 1024 ** 3;

function hardware(change: Partial<HardwareSummary>): HardwareSummary {
  return {
    ...{ platform: 'linux', osName: 'Debian 13', physicalCores: 8, hasUnifiedMemory: false },
    cpuModel: 'AMD Ryzen 7 5800X 8-Core Processor',
    totalMemoryBytes: 32 * gibibyte,
    gpus: [],
    ...change,
  };
}

const rtx3090 = { name: 'NVIDIA GeForce RTX 3090', memoryBytes: 24_576 * 1024 ** 2 };

test.each([
  [hardware({}), 'Ryzen 7 5800X, 32 GB'],
  [hardware({ cpuModel: '' }), '32 GB'],
  [hardware({ cpuModel: 'Intel(R) Core(TM) i7-8700 CPU @ 3.20GHz' }), 'Core i7-8700, 32 GB'],
  [hardware({ gpus: [rtx3090] }), 'RTX 3090, 24 GB'],
  [hardware({ gpus: [rtx3090, rtx3090] }), '2 × RTX 3090, 24 GB each'],
  [
    hardware({ gpus: [{ name: 'AMD Radeon RX 7900 XTX', memoryBytes: 24 * gibibyte }] }),
    'Radeon RX 7900 XTX, 24 GB',
  ],
  [
    hardware({
      ...{ cpuModel: 'Apple M3 Max', hasUnifiedMemory: true, totalMemoryBytes: 64 * gibibyte },
      gpus: [{ name: 'Apple M3 Max', memoryBytes: 48 * gibibyte }],
    }),
    'Apple M3 Max, 64 GB',
  ],
  [hardware({ gpus: [{ name: 'Intel(R) UHD Graphics 630' }] }), 'Ryzen 7 5800X, 32 GB'],
  [hardware({ cpuModel: 'CPU' }), 'CPU, 32 GB'],
])('a machine is named by what runs its models: %#', (facts, sentence) => {
  expect(hardwareSentence(facts)).toBe(sentence);
});

test('models take the memory of all cards, or the main memory', () => {
  expect(modelMemory(hardware({ gpus: [rtx3090, rtx3090] }))).toEqual({
    ...{ kind: 'gpu', totalBytes: 48 * gibibyte },
  });
  expect(modelMemory(hardware({}))).toEqual({ kind: 'main', totalBytes: 32 * gibibyte });
});
