import { expect, test } from 'vitest';
import type { FoundModel, FoundStore } from '../../../api.ts';
import { findsKey, summarise } from './found-summary.ts';

const file = (use: FoundModel['use'], sizeBytes: number): FoundModel => ({
  ...{ name: 'm', path: `/m-${String(sizeBytes)}`, sizeBytes, use },
});
const store = (kind: FoundStore['kind'], change: Partial<FoundStore> = {}): FoundStore => ({
  ...{ kind, folder: `/${kind}`, isUsed: false, models: [], sizeBytes: 0 },
  ...change,
});

test('only files that are usable as they are count as found', () => {
  const summary = summarise([
    store('lm-studio', { models: [file('in-place', 5), file('unusable', 100)] }),
    store('ollama', { models: [file('in-place', 7), file('through-server', 50)] }),
    store('jan', { isUsed: true, models: [file('in-place', 9)] }),
  ]);
  expect(summary).toMatchObject({ kinds: ['lm-studio', 'ollama'], count: 2, sizeBytes: 12 });
  expect(summary.usedKinds).toEqual(['jan']);
});

test('a folder that cannot be read is named apart from the useful ones', () => {
  const summary = summarise([
    store('ollama', { problem: 'The folder may not be read', command: 'chmod' }),
    store('jan'),
  ]);
  expect(summary).toMatchObject({ kinds: [], count: 0, uselessKinds: ['ollama'] });
});

test('two folders of one program are one program', () => {
  const summary = summarise([
    store('lm-studio', { models: [file('in-place', 5)] }),
    store('lm-studio', { folder: '/old', models: [file('in-place', 6)] }),
  ]);
  expect(summary).toMatchObject({ kinds: ['lm-studio'], count: 2 });
});

test('another program is another find', () => {
  const one = summarise([store('jan', { models: [file('in-place', 1)] })]);
  const two = summarise([
    store('jan', { models: [file('in-place', 1)] }),
    store('ollama', { models: [file('in-place', 1)] }),
  ]);
  expect(findsKey(one)).not.toBe(findsKey(two));
});
