import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import type { ChildProcess } from 'node:child_process';
import { expect, test, vi } from 'vitest';
import type { GpuFacts } from '../core/hardware.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import { createGpuMemoryReader } from './gpu-memory.ts';
import { createLoadSampler } from './load-sampler.ts';
import { patience } from '../testing/patience.ts';

const nvidia = (name: string, isMissing = false): GpuFacts => ({
  name,
  vendor: 'nvidia',
  memoryBytes: 12e9,
  isMissing,
});
const amd: GpuFacts = { name: 'RX 7900 XT', vendor: 'amd', memoryBytes: 20e9, isMissing: false };
const shared: GpuFacts = { name: 'UHD 770', vendor: 'intel', isMissing: false };
const mebibyte = 1024 ** 2;

/** Plays nvidia-smi in its loop. */
class FakeTool extends EventEmitter {
  readonly stdout = new PassThrough();
  isEnded = false;
  kill(): boolean {
    this.isEnded = true;
    return true;
  }
  unref(): void {}
}

function readerOf(gpus: readonly GpuFacts[]) {
  const tools: FakeTool[] = [];
  const reader = createGpuMemoryReader({
    gpus: () => gpus,
    spawnNvidia: () => {
      const tool = new FakeTool();
      tools.push(tool);
      return tool as unknown as ChildProcess;
    },
    readAmd: () => Promise.resolve([{ busAddress: '03:00.0', memoryBytes: 20e9, freeBytes: 7e9 }]),
  });
  return { reader, tools };
}

test('one process serves all samples, and ends when nobody looks any more', async () => {
  const clock = createFakeClock();
  const { reader, tools } = readerOf([nvidia('RTX 3060')]);
  const load = createLoadSampler({ clock, readFreeMemory: () => 1, gpu: reader });
  await clock.advance(60_000);
  expect(tools).toHaveLength(0);
  const seen: (readonly (number | undefined)[])[] = [];
  const leave = load.listen(({ gpuFreeBytes }) => seen.push(gpuFreeBytes));
  tools[0]?.stdout.write('00000000:01:00.0, 11236\n');
  await clock.advance(60_000);
  expect(tools).toHaveLength(1);
  expect(seen).toHaveLength(12);
  expect(seen.at(-1)).toEqual([11_236 * mebibyte]);
  leave();
  expect(tools[0]?.isEnded).toBe(true);
  await clock.advance(60_000);
  expect(tools).toHaveLength(1);
});

test('free memory stands in the order of the snapshot, with gaps where nothing tells', async () => {
  const { reader, tools } = readerOf([
    nvidia('RTX 3090'),
    nvidia('RTX 3080', true),
    amd,
    shared,
    nvidia('RTX 3060'),
  ]);
  reader.start();
  await reader.refresh();
  tools[0]?.stdout.write('00000000:82:00.0, 100\n00000000:02:00.0, 200\n');
  await vi.waitFor(() => {
    expect(reader.latest()).toEqual([200 * mebibyte, undefined, 7e9, undefined, 100 * mebibyte]);
  }, patience);
});

test('nothing is started without a card of that vendor, and a tool that fails leaves gaps', async () => {
  const none = readerOf([amd, shared]);
  none.reader.start();
  expect(none.tools).toEqual([]);
  const { reader, tools } = readerOf([nvidia('RTX 3060')]);
  reader.start();
  tools[0]?.emit('error', new Error('ENOENT'));
  tools[0]?.stdout.write('00000000:01:00.0, [Unknown Error]\nnonsense\n');
  await reader.refresh();
  expect(reader.latest()).toEqual([undefined]);
});
