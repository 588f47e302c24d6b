import { describe, expect, test } from 'vitest';
import type { InstalledModel } from '../api.ts';
import { leadingModel, memoryTaken, quantizationBesideName } from './model-words.ts';
import { withModel } from './models.ts';
import { dismissToast, showToast, undoLast, useToast } from './toasts.ts';

function model(name: string, state: InstalledModel['state'], lastUsedAt?: number): InstalledModel {
  return {
    id: name.toLowerCase(),
    name,
    source: 'library',
    path: `/models/${name}.gguf`,
    sizeBytes: 1,
    usedBy: [],
    engines: [],
    state,
    options: {},
    systemPrompt: '',
    ...(lastUsedAt !== undefined && {
      loaded: {
        ...{ contextLength: 1, slots: 1, busySlots: 0, queued: 0 },
        ...{ device: 'CPU', engine: 'llama-cpp', lastUsedAt },
      },
    }),
  };
}

const ready = { phase: 'ready', since: 0 } as const;
const installed = { phase: 'installed' } as const;

describe('models', () => {
  test('a changed model replaces its older self and keeps its place', () => {
    const list = [model('A', installed), model('C', installed)];
    expect(withModel(list, model('B', ready)).map(({ name }) => name)).toEqual(['A', 'B', 'C']);
    const changed = withModel(list, model('A', ready));
    expect(changed.map(({ state }) => state.phase)).toEqual(['ready', 'installed']);
  });

  test('what is loading stands for the machine, then what was used last, then what failed', () => {
    const failed = model('Failed', { phase: 'failed', reason: 'full' });
    const older = model('Older', ready, 1);
    const newer = model('Newer', ready, 2);
    const loading = model('Loading', { phase: 'loading', share: 0, startedAt: 0 });
    expect(leadingModel([failed, older, loading, newer])?.name).toBe('Loading');
    expect(leadingModel([failed, older, newer])?.name).toBe('Newer');
    expect(leadingModel([failed, model('Idle', installed)])?.name).toBe('Failed');
    expect(leadingModel([model('Idle', installed)])).toBeUndefined();
  });
});

describe('words about models', () => {
  test('the quantization stands beside a name that does not end with it', () => {
    expect(quantizationBesideName({ name: 'Guide', quantization: 'Q8_0' })).toBe('Q8_0');
    expect(quantizationBesideName({ name: 'Qwen3 8B q4_k_m', quantization: 'Q4_K_M' })).toBe(
      undefined,
    );
    expect(quantizationBesideName({ name: 'Guide' })).toBeUndefined();
  });

  test('memory is what was measured, else what was predicted', () => {
    const { loaded } = model('Ready', ready, 1);
    if (loaded === undefined) throw new Error('a model that was used is loaded');
    expect(
      memoryTaken([
        { loaded: { ...loaded, predictedBytes: 10, measuredBytes: 14 } },
        { loaded: { ...loaded, predictedBytes: 20 } },
        {},
      ]),
    ).toBe(34);
  });
});

describe('toasts', () => {
  test('undo runs once and takes the sentence away', () => {
    let undone = 0;
    showToast('Chat deleted', () => {
      undone += 1;
    });
    expect([undoLast(), undoLast(), undone]).toEqual([true, false, 1]);
    expect(useToast.getState().toast).toBeUndefined();
  });

  test('an old countdown does not end a newer sentence', () => {
    showToast('One');
    const old = useToast.getState().toast?.id ?? -1;
    showToast('Two');
    dismissToast(old);
    expect(useToast.getState().toast?.text).toBe('Two');
  });
});
