import { expect, test } from 'vitest';
import type { NodeAdvert, NodeLoad, PoolModel, SlotContents } from '../../core/node.ts';
import {
  decodeAdvert,
  decodeCommand,
  decodeLoad,
  decodeNews,
  decodeSlots,
  encodeAdvert,
  encodeCommand,
  encodeLoad,
  encodeNews,
  encodeSlots,
} from './advert-codec.ts';
import { maxAdvertBytes } from './protocol.ts';

const capabilities = {
  ...{ chat: true, completion: true, embedding: false, rerank: false },
  ...{ tools: true, reasoning: false, vision: false, continuation: true },
};

const advert: NodeAdvert = {
  name: 'attic',
  hardware: {
    platform: 'darwin',
    osName: 'macOS 26',
    cpuModel: 'M5',
    physicalCores: 10,
    totalMemoryBytes: 64e9,
    hasUnifiedMemory: true,
    gpus: [{ name: 'M5', memoryBytes: 48e9 }, { name: 'other' }],
  },
  models: [
    {
      id: 'publisher/model:q4',
      name: 'Model',
      digest: 'ab',
      contextLength: 8192,
      capabilities,
      slots: 4,
      state: { phase: 'loading', share: 0.5 },
      sizeBytes: 4e9,
      rates: { prefillPerSecond: 900, decodePerSecond: 40 },
      loadMs: 3000,
    },
  ],
  versions: { millpond: '0.1.0', engine: 'b1' },
  sharing: { phase: 'paused', reason: 'Blender uses GPU 0', cause: 'rule', since: 1, until: 2 },
  allowedCommands: ['load', 'unload'],
};
const load: NodeLoad = {
  models: [{ id: 'm', busySlots: 1, waiting: 2, state: { phase: 'ready' } }],
  usedMemoryBytes: 5,
  temperature: 61,
  isOwnerActive: true,
};
const slots: readonly SlotContents[] = [{ modelId: 'm', slot: 1, marks: ['a'], heldTokens: 40 }];
const poolModel: PoolModel = {
  ...{ id: 'm', name: 'M', contextLength: 4096, capabilities },
  ...{ machines: 2, isReady: true, trust: 'trusted' },
};
const news = {
  poolName: 'Lake',
  models: [poolModel],
  machinesOnline: 2,
  readers: [{ machine: 'attic', person: 'Ann' }],
};

const bytes = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

test('everything arrives as it was sent', () => {
  expect(decodeAdvert(encodeAdvert(advert))).toStrictEqual(advert);
  expect(decodeLoad(encodeLoad(load))).toStrictEqual(load);
  expect(decodeSlots(encodeSlots(slots))).toStrictEqual(slots);
  expect(decodeNews(encodeNews(news))).toStrictEqual(news);
  const command = { kind: 'load', modelId: 'm' } as const;
  expect(decodeCommand(encodeCommand(command))).toStrictEqual(command);
});

test('a newer machine may say more: unknown fields and values cost nothing but themselves', () => {
  const [model] = advert.models;
  const newer = {
    ...advert,
    aura: 'calm',
    hardware: { ...advert.hardware, platform: 'plan9' },
    models: [{ ...model, state: { phase: 'dreaming' }, taste: 'sweet' }, { id: 7 }],
    sharing: { ...advert.sharing, phase: 'lending' },
    allowedCommands: ['load', 'dance', 'unload'],
  };
  expect(decodeAdvert(bytes(newer))).toStrictEqual({
    ...advert,
    hardware: { ...advert.hardware, platform: 'linux' },
    models: [{ ...model, state: { phase: 'installed' } }],
  });
});

test('names of somebody else carry no control characters and have an end', () => {
  const sly = { ...advert, name: `at\u001b[31mtic\u202e${'x'.repeat(500)}` };
  const { name } = decodeAdvert(bytes(sly));
  expect(name).toMatch(/^at \[31mtic x+$/);
  expect(name.length).toBeLessThanOrEqual(100);
});

test('lists are bounded', () => {
  const many = Array.from({ length: 5_000 }, (_, slot) => ({
    modelId: 'm',
    slot: slot % 8,
    marks: [],
    heldTokens: 1,
  }));
  expect(decodeSlots(bytes(many))).toHaveLength(1_024);
  expect(() => decodeSlots(Buffer.alloc(maxAdvertBytes + 1))).toThrow(/larger than/);
});

test.each([
  ['no JSON', '['],
  ['a list', '[]'],
  ['no name', JSON.stringify({ ...advert, name: undefined })],
])('an advert that is %s is refused', (_, text) => {
  expect(() => decodeAdvert(Buffer.from(text))).toThrow(/an advert/);
});
