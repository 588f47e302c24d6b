import { describe, expect, test } from 'vitest';
import type { InstalledModel } from '../api.ts';
import { leadingModel } from './model-words.ts';
import { withModel } from './models.ts';
import { dismissToast, showToast, undoLast, useToast } from './toasts.ts';

function model(name: string, state: InstalledModel['state'], lastUsedAt?: number): InstalledModel {
  return {
    id: name.toLowerCase(),
    name,
    source: 'library',
    path: `/models/${name}.gguf`,
    sizeBytes: 1,
    state,
    options: {},
    systemPrompt: '',
    ...(lastUsedAt !== undefined && {
      loaded: { contextLength: 1, slots: 1, busySlots: 0, queued: 0, device: 'CPU', lastUsedAt },
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
