import { expect, test } from 'vitest';
import type { PoolOverview } from '../api.ts';
import { heldPoolOf } from './held-pools.ts';

const capabilities = {
  ...{ chat: true, completion: true, embedding: false, rerank: false },
  ...{ tools: true, reasoning: false, vision: false, continuation: true },
};

function overview(modelIds: readonly string[]): PoolOverview {
  return {
    ...{ poolId: 'home', at: 0, tokensPerSecond: 0, machines: [], askers: [], history: [] },
    ...{ busySlots: 0, slots: 0, waiting: 0, events: [] },
    models: modelIds.map((id) => ({
      ...{ id, name: id.toUpperCase(), contextLength: 8192, capabilities },
      ...{ machines: 1, machinesReady: 1, slots: 2, busySlots: 0, waiting: 0 },
      ...{ tokensPerSecond: 0, lines: [] },
    })),
  };
}

test('a model that no machine offers any more keeps its name, until one offers it again', () => {
  const both = heldPoolOf(overview(['qwen', 'gemma']));
  expect(both.absent).toEqual([]);
  const one = heldPoolOf(overview(['gemma']), both);
  expect(one.absent).toEqual([{ id: 'qwen', name: 'QWEN' }]);
  expect(heldPoolOf(overview(['gemma']), one).absent).toEqual(one.absent);
  expect(heldPoolOf(overview(['qwen', 'gemma']), one).absent).toEqual([]);
});
