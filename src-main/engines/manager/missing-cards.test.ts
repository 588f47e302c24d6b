import { expect, test } from 'vitest';
import type { GpuFacts } from '../../core/hardware.ts';
import { judgeCards } from './missing-cards.ts';

const card = (name: string, change: Partial<GpuFacts> = {}): GpuFacts => ({
  name,
  vendor: 'nvidia',
  memoryBytes: 12e9,
  isMissing: false,
  ...change,
});
const here = card('RTX 4090');
const gone = card('RTX 3060', { isMissing: true });
const shared: GpuFacts = { name: 'UHD 770', vendor: 'intel', isMissing: false };

test('cards that are all there are used without a word', () => {
  expect(judgeCards({}, [])).toEqual({ kind: 'use' });
  expect(judgeCards({}, [here, shared])).toEqual({ kind: 'use' });
  expect(judgeCards({ gpus: [0] }, [here, gone])).toEqual({ kind: 'use' });
});

test('who chose the processor gets it, whatever is missing', () => {
  expect(judgeCards({ gpus: [] }, [gone])).toEqual({ kind: 'use' });
  expect(judgeCards({ gpuLayers: 0 }, [gone])).toEqual({ kind: 'use' });
});

test('the only card with memory of its own is gone: neither processor nor shared graphics replace it', () => {
  expect(judgeCards({}, [gone])).toMatchObject({ kind: 'refuse' });
  expect(judgeCards({}, [gone, shared])).toMatchObject({
    kind: 'refuse',
    sentence: expect.stringContaining('RTX 3060 has disappeared') as string,
  });
  expect(judgeCards({ gpuLayers: 20 }, [gone])).toMatchObject({ kind: 'refuse' });
});

test('a missing card that was chosen by its number is refused even beside another', () => {
  expect(judgeCards({ gpus: [1] }, [here, gone])).toMatchObject({ kind: 'refuse' });
});

test('a number that no card has is refused with the numbers there are', () => {
  expect(judgeCards({ gpus: [2] }, [here, gone])).toMatchObject({
    kind: 'refuse',
    sentence: expect.stringContaining('from 0 to 1') as string,
  });
  expect(judgeCards({ gpus: [0] }, [])).toMatchObject({
    kind: 'refuse',
    sentence: expect.stringContaining('this machine has none') as string,
  });
});
