import { expect, test } from 'vitest';
import type { Download } from '../api.ts';
import { downloadOf, hasJustFinished, shareDone, summarize, withDownload } from './downloads.ts';

function downloadOfId(id: string, rest: Partial<Download> = {}): Download {
  return {
    id,
    repo: 'org/model',
    commit: 'abc',
    variant: 'Q4_K_M',
    name: 'Model Q4_K_M',
    endpoint: 'https://huggingface.co',
    state: 'running',
    totalBytes: 1000,
    doneBytes: 400,
    files: 1,
    doneFiles: 0,
    repairedBytes: 0,
    createdAt: 0,
    ...rest,
  };
}

test('a change stays at its place in line, a new download comes last', () => {
  const [a, b] = [downloadOfId('a'), downloadOfId('b')];
  const changed = { ...a, doneBytes: 500 };
  expect(withDownload([a, b], changed)).toEqual([changed, b]);
  expect(withDownload([a], b)).toEqual([a, b]);
});

test('the newest download of a choice counts', () => {
  const old = downloadOfId('old', { state: 'done' });
  const again = downloadOfId('again');
  expect(downloadOf([old, again], 'org/model', 'Q4_K_M')?.id).toBe('again');
  expect(downloadOf([old], 'org/model', 'Q8_0')).toBeUndefined();
  expect(downloadOf(undefined, 'org/model', 'Q4_K_M')).toBeUndefined();
});

test('it is whole only when the last byte has been checked', () => {
  expect(shareDone(downloadOfId('a', { doneBytes: 1000, state: 'verifying' }))).toBeLessThan(1);
  expect(shareDone(downloadOfId('a', { doneBytes: 1000, state: 'done' }))).toBe(1);
  expect(shareDone(downloadOfId('a', { totalBytes: 0, doneBytes: 0 }))).toBe(0);
});

test('it has finished once its model is known, and is announced once', () => {
  const running = downloadOfId('a');
  const whole = downloadOfId('a', { state: 'done' });
  const model = downloadOfId('a', { state: 'done', modelId: 'org/model:q4_k_m' });
  expect(hasJustFinished(running, whole)).toBe(false);
  expect(hasJustFinished(whole, model)).toBe(true);
  expect(hasJustFinished(running, model)).toBe(true);
  expect(hasJustFinished(undefined, model)).toBe(true);
  expect(hasJustFinished(model, model)).toBe(false);
});

test('several downloads are summed by their bytes', () => {
  const summary = summarize([
    downloadOfId('a', { bytesPerSecond: 60, etaSeconds: 10 }),
    downloadOfId('b', { totalBytes: 3000, doneBytes: 600, bytesPerSecond: 40, state: 'running' }),
  ]);
  expect(summary).toEqual({
    count: 2,
    share: 0.25,
    doneBytes: 1000,
    totalBytes: 4000,
    bytesPerSecond: 100,
    etaSeconds: 30,
  });
});

test('no time is promised while one of them stands still', () => {
  const moving = downloadOfId('a', { bytesPerSecond: 60, etaSeconds: 10 });
  expect(summarize([moving, downloadOfId('b', { state: 'paused' })]).etaSeconds).toBeUndefined();
  expect(summarize([downloadOfId('a')]).etaSeconds).toBeUndefined();
});
