import { expect, test } from 'vitest';
import type { Download } from '../../api.ts';
import { availabilityOf } from './availability.ts';

const choice = { repo: 'org/model', variant: 'Q4_K_M', installedId: undefined };

function downloadIn(state: Download['state'], rest: Partial<Download> = {}): Download {
  return {
    id: '0198c0de-1111-7111-8111-111111111111',
    repo: 'org/model',
    commit: 'abc',
    variant: 'Q4_K_M',
    name: 'Model Q4_K_M',
    endpoint: 'https://huggingface.co',
    state,
    totalBytes: 100,
    doneBytes: 40,
    files: 1,
    doneFiles: 0,
    repairedBytes: 0,
    createdAt: 0,
    ...rest,
  };
}

test('a download that failed or was paused is still on its way', () => {
  for (const state of ['queued', 'running', 'waiting', 'paused', 'verifying', 'failed'] as const) {
    expect(availabilityOf(choice, [downloadIn(state)], []).kind).toBe('coming');
  }
});

test('a finished one is here, even where the hub was asked before it came', () => {
  const done = downloadIn('done', { modelId: 'org/model:q4_k_m' });
  const models = [{ id: 'org/model:q4_k_m' }];
  expect(availabilityOf(choice, [done], models)).toEqual({
    kind: 'installed',
    modelId: 'org/model:q4_k_m',
  });
});

test('a model that was deleted since can be downloaded again', () => {
  const done = downloadIn('done', { modelId: 'org/model:q4_k_m' });
  expect(availabilityOf(choice, [done], [{ id: 'guide' }])).toEqual({ kind: 'absent' });
  const known = { ...choice, installedId: 'org/model:q4_k_m' };
  expect(availabilityOf(known, [], [])).toEqual({ kind: 'absent' });
  expect(availabilityOf(known, [], undefined).kind).toBe('installed');
});

test('another quantization of the same repository says nothing', () => {
  const other = downloadIn('running', { variant: 'Q8_0' });
  expect(availabilityOf(choice, [other], [])).toEqual({ kind: 'absent' });
});
