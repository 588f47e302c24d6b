import { expect, test } from 'vitest';
import { chooseModel, groupModels, readyInstead } from './model-choice.ts';
import type { InstalledModel } from '../types.ts';

function model(id: string, more: Partial<InstalledModel> = {}): InstalledModel {
  return {
    id,
    name: id.toUpperCase(),
    source: 'library',
    path: `/models/${id}.gguf`,
    sizeBytes: 1,
    usedBy: [],
    engines: [],
    state: { phase: 'installed' },
    options: {},
    systemPrompt: '',
    ...more,
  };
}

const ready: InstalledModel['state'] = { phase: 'ready', since: 0 };
const embedder = model('bge', {
  state: ready,
  capabilities: {
    chat: false,
    completion: false,
    embedding: true,
    rerank: false,
    tools: false,
    reasoning: false,
    vision: false,
    continuation: false,
  },
});

test('the chat keeps its model, a new one takes the preferred', () => {
  const models = [model('a', { state: ready }), model('b'), model('guide')];
  expect(chooseModel({ models, chosen: 'b', preferred: 'guide' })?.id).toBe('b');
  expect(chooseModel({ models, chosen: undefined, preferred: 'guide' })?.id).toBe('guide');
});

test('a model that is gone or broken gives way to one that is ready', () => {
  const models = [model('a'), model('b', { problem: 'cut short' }), model('c', { state: ready })];
  expect(chooseModel({ models, chosen: 'b', preferred: 'gone' })?.id).toBe('c');
  expect(chooseModel({ models: [], chosen: 'b', preferred: 'gone' })).toBeUndefined();
});

test('a model that only embeds is never offered for a chat', () => {
  expect(groupModels([embedder], '')).toEqual({ ready: [], others: [], elsewhere: [] });
  expect(chooseModel({ models: [embedder], chosen: 'bge', preferred: 'bge' })).toBeUndefined();
  expect(readyInstead([embedder, model('a', { state: ready })], 'x')?.id).toBe('a');
});

test('the search finds every word in name, id or quantization', () => {
  const models = [model('qwen', { quantization: 'Q4_K_M', state: ready }), model('gemma')];
  expect(groupModels(models, 'q4 QWEN').ready.map(({ id }) => id)).toEqual(['qwen']);
  expect(groupModels(models, 'gemma q4')).toEqual({ ready: [], others: [], elsewhere: [] });
});

test('a model that another company runs stands apart, and is found by its server', () => {
  const server = { id: 's', name: 'Attic Ollama', runsElsewhere: true };
  const cloud = model('cloud', { source: 'attached', state: ready, server });
  const near = model('near', {
    source: 'attached',
    state: ready,
    server: { ...server, runsElsewhere: false },
  });
  const groups = groupModels([cloud, near, model('a')], 'attic');
  expect(groups).toEqual({ ready: [near], others: [], elsewhere: [cloud] });
});

test('another company’s model is never taken by itself while there is one of this machine', () => {
  const server = { id: 's', name: 'Ollama', runsElsewhere: true };
  const cloud = model('cloud', { source: 'attached', state: ready, server });
  const models = [cloud, model('a')];
  expect(chooseModel({ models, chosen: undefined, preferred: undefined })?.id).toBe('a');
  expect(chooseModel({ models, chosen: 'cloud', preferred: 'a' })?.id).toBe('cloud');
  expect(readyInstead(models, 'a')).toBeUndefined();
});
