import { expect, test } from 'vitest';
import { modelNamed } from '../../../state/model-fixture.ts';
import { snippetModel, snippetModels } from './snippet-model.ts';

const ready = { phase: 'ready', since: 0 } as const;

test('the example asks what is loaded, else the model for new chats', () => {
  const models = [modelNamed('A'), modelNamed('B', { state: ready })];
  expect(snippetModel(models, 'a')).toBe('b');
  expect(snippetModel([modelNamed('A'), modelNamed('B')], 'b')).toBe('b');
});

test('a server that hands the words on is the last choice', () => {
  const server = { id: '1', name: 'Ollama', runsElsewhere: true };
  const cloud = modelNamed('A cloud', { source: 'attached', state: ready, server });
  const near = modelNamed('Near', {
    source: 'attached',
    state: ready,
    server: { ...server, runsElsewhere: false },
  });
  expect(snippetModel([cloud, near], undefined)).toBe('near');
  expect(snippetModel([cloud, near, modelNamed('Own', { state: ready })], undefined)).toBe('own');
});

test('a model of a pool is named only when there is no other, or somebody chooses it', () => {
  const pool = { id: 'p', name: 'Mill', machines: 2 };
  const pooled = { ...modelNamed('Pooled', { source: 'attached', state: ready }), pool };
  const absence = { why: 'unoffered', pool: 'Mill' } as const;
  const models = [pooled, { ...pooled, id: 'away', absence }, modelNamed('Own')];
  expect(snippetModel(models, undefined)).toBe('own');
  expect(snippetModel([pooled], undefined)).toBe('pooled');
  expect(snippetModels(models).map(({ id }) => id)).toEqual(['own', 'pooled']);
});
