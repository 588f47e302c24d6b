import { describe, expect, test } from 'vitest';
import { degradeOptions, degradationNotice, judgeCrashes, pauseAfter } from './crash-policy.ts';

describe('judgeCrashes', () => {
  test('restarts as before after the first two crashes, with a growing pause', () => {
    expect(judgeCrashes([0], 0)).toEqual({ kind: 'restart', at: 1000, degradation: 'none' });
    expect(judgeCrashes([0, 5000], 5000)).toEqual({
      kind: 'restart',
      at: 7000,
      degradation: 'none',
    });
  });

  test('asks less of the machine from the third crash in five minutes on, then gives up', () => {
    const at = (count: number) => Array.from({ length: count }, (_, index) => index * 1000);
    expect(judgeCrashes(at(3), 2000)).toMatchObject({ degradation: 'smaller-context' });
    expect(judgeCrashes(at(4), 3000)).toMatchObject({ degradation: 'processor-only' });
    expect(judgeCrashes(at(5), 4000)).toEqual({ kind: 'give-up', at: 304_000 });
  });

  test('forgets crashes that are five minutes old', () => {
    expect(judgeCrashes([0, 1000, 400_000], 400_000)).toEqual({
      kind: 'restart',
      at: 401_000,
      degradation: 'none',
    });
  });
});

test('the pause doubles from one second to a minute', () => {
  expect([1, 2, 3, 4, 5, 6, 7, 8].map(pauseAfter)).toEqual([
    1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000,
  ]);
});

describe('degradeOptions', () => {
  test('halves the context and keeps one slot, then leaves the graphics card out', () => {
    expect(degradeOptions({ threads: 2 }, 'smaller-context', 8192)).toEqual({
      threads: 2,
      contextLength: 4096,
      slots: 1,
    });
    expect(degradeOptions({}, 'processor-only', 8192)).toMatchObject({ gpuLayers: 0 });
  });

  test('never makes a small context larger', () => {
    expect(degradeOptions({}, 'smaller-context', 512).contextLength).toBe(512);
  });

  test('a model that runs with less says so', () => {
    expect(degradationNotice('none', 512)).toBeUndefined();
    expect(degradationNotice('processor-only', 512)).toContain('processor only');
  });
});
