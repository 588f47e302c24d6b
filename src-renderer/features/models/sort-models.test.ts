import { expect, test } from 'vitest';
import type { InstalledModel } from '../../api.ts';
import { modelNamed } from '../../state/model-fixture.ts';
import { diskUse, filterModels, lastUseOf, sortModels } from './sort-models.ts';

const models = [
  modelNamed('Small', { sizeBytes: 10, trainedContextLength: 4096, quantization: 'Q8_0' }),
  modelNamed('Large', { sizeBytes: 90, trainedContextLength: 131_072, quantization: 'Q4_K_M' }),
  modelNamed('Broken', { sizeBytes: 50 }),
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

test('the filter finds who keeps a model', () => {
  const kept = modelNamed('Kept', { source: 'found', store: 'lm-studio' });
  const served = modelNamed('Served', {
    source: 'attached',
    server: { id: '1', name: 'Ollama on nas', runsElsewhere: false },
  });
  expect(names(filterModels([kept, served], 'lm studio'))).toEqual(['Kept']);
  expect(names(filterModels([kept, served], 'nas'))).toEqual(['Served']);
});

test('what is loaded was used when its engine says so', () => {
  const loaded = {
    ...{ contextLength: 1, slots: 1, busySlots: 0, queued: 0 },
    ...{ device: 'CPU', engine: 'llama-cpp' as const, lastUsedAt: 9 },
  };
  expect(lastUseOf(modelNamed('A', { lastUsedAt: 5, loaded }))).toBe(9);
  expect(lastUseOf(modelNamed('B', { lastUsedAt: 5 }))).toBe(5);
  expect(lastUseOf(modelNamed('C'))).toBeUndefined();
});

test('models of other servers take no room on this disk', () => {
  const { sizeBytes: _, ...attached } = modelNamed('Far', { source: 'attached' });
  expect(diskUse([...models, attached])).toBe(150);
});
