import { expect, test } from 'vitest';
import type { InstalledModel } from '../../api.ts';
import { filterModels, sortModels } from './sort-models.ts';

function model(name: string, facts: Partial<InstalledModel> = {}): InstalledModel {
  return {
    id: name.toLowerCase(),
    name,
    source: 'library',
    path: `/models/${name}.gguf`,
    sizeBytes: 1,
    usedBy: [],
    engines: [],
    state: { phase: 'installed' },
    options: {},
    systemPrompt: '',
    ...facts,
  };
}

const models = [
  model('Small', { sizeBytes: 10, trainedContextLength: 4096, quantization: 'Q8_0' }),
  model('Large', { sizeBytes: 90, trainedContextLength: 131_072, quantization: 'Q4_K_M' }),
  model('Broken', { sizeBytes: 50 }),
];
const names = (list: readonly InstalledModel[]) => list.map(({ name }) => name);

test('every word of the filter must occur, in any order', () => {
  expect(names(filterModels(models, 'q8 small'))).toEqual(['Small']);
  expect(names(filterModels(models, 'q8 large'))).toEqual([]);
  expect(filterModels(models, '  ')).toHaveLength(3);
});

test('sorts by a column both ways', () => {
  expect(names(sortModels(models, { column: 'size', direction: 'descending' }))).toEqual([
    'Large',
    'Broken',
    'Small',
  ]);
  expect(names(sortModels(models, { column: 'name', direction: 'ascending' }))).toEqual([
    'Broken',
    'Large',
    'Small',
  ]);
});

test('an unknown context comes last either way', () => {
  for (const direction of ['ascending', 'descending'] as const) {
    expect(names(sortModels(models, { column: 'context', direction })).at(-1)).toBe('Broken');
  }
});
