import { describe, expect, test } from 'vitest';
import { chooseModel, groupModels, readyInstead } from './model-choice.ts';
import { missingModel } from './pool-models.ts';
import type { ChatModel, InstalledModel } from '../types.ts';

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

/** Everybody was asked, and nobody has joined a pool. */
const missing = (id: string) => missingModel(id, []);

test('the chat keeps its model, a new one takes the preferred', () => {
  const models = [model('a', { state: ready }), model('b'), model('guide')];
  expect(chooseModel({ models, chosen: 'b', preferred: 'guide', missing })?.id).toBe('b');
  expect(chooseModel({ models, chosen: undefined, preferred: 'guide', missing })?.id).toBe('guide');
});

test('a model that somebody chose stays chosen when it is broken or gone: no other answers unasked', () => {
  const models = [model('a'), model('b', { problem: 'cut short' }), model('c', { state: ready })];
  const question = { models, preferred: 'c', missing };
  expect(chooseModel({ ...question, chosen: 'b' })).toBe(models[1]);
  expect(chooseModel({ ...question, chosen: 'd' })).toMatchObject({
    ...{ id: 'd', name: 'd', absence: { why: 'gone' } },
  });
  expect(chooseModel({ ...question, chosen: 'd', missing: () => undefined })).toBeUndefined();
});

test('a default that is gone or broken gives way to one that is ready', () => {
  const models = [model('a'), model('b', { problem: 'cut short' }), model('c', { state: ready })];
  for (const preferred of ['b', 'gone']) {
    expect(chooseModel({ models, chosen: undefined, preferred, missing })?.id).toBe('c');
  }
  expect(
    chooseModel({ models: [], chosen: undefined, preferred: 'gone', missing }),
  ).toBeUndefined();
});

test('a model that only embeds is never offered for a chat', () => {
  expect(groupModels([embedder], '')).toEqual([]);
  expect(
    chooseModel({ models: [embedder], chosen: 'bge', preferred: 'bge', missing }),
  ).toBeUndefined();
  expect(readyInstead([embedder, model('a', { state: ready })], 'x')?.id).toBe('a');
});

test('the search finds every word in name, id or quantization', () => {
  const models = [model('qwen', { quantization: 'Q4_K_M', state: ready }), model('gemma')];
  expect(groupModels(models, 'q4 QWEN')).toEqual([{ name: 'ready', models: [models[0]] }]);
  expect(groupModels(models, 'gemma q4')).toEqual([]);
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
  expect(groups).toEqual([
    { name: 'ready', models: [near] },
    { name: 'elsewhere', models: [cloud] },
  ]);
});

test('another company’s model is never taken by itself while there is one of this machine', () => {
  const server = { id: 's', name: 'Ollama', runsElsewhere: true };
  const cloud = model('cloud', { source: 'attached', state: ready, server });
  const models = [cloud, model('a')];
  expect(chooseModel({ models, chosen: undefined, preferred: undefined, missing })?.id).toBe('a');
  expect(chooseModel({ models, chosen: 'cloud', preferred: 'a', missing })?.id).toBe('cloud');
  expect(readyInstead(models, 'a')).toBeUndefined();
});

describe('models of pools', () => {
  const reed = { id: 'p1', name: 'Reed Street', machines: 2 };
  const big: ChatModel = { ...model('big', { state: ready }), pool: reed };
  const other: ChatModel = { ...model('other', { state: ready }), pool: reed };

  test('stand under the name of their pool and are found by it', () => {
    expect(groupModels([big, model('a'), other], '')).toEqual([
      { name: 'others', models: [model('a')] },
      { name: 'pool', pool: reed, models: [big, other] },
    ]);
    expect(groupModels([big, model('a')], 'reed')).toEqual([
      { name: 'pool', pool: reed, models: [big] },
    ]);
  });

  test('are never asked by themselves while this machine has a model', () => {
    const models = [big, model('a')];
    expect(chooseModel({ models, chosen: undefined, preferred: undefined, missing })?.id).toBe('a');
    expect(readyInstead(models, 'a')).toBeUndefined();
    expect(readyInstead([big, other], 'big')?.id).toBe('other');
  });

  test('stay chosen while their pool is away, and none that is away is taken instead', () => {
    const absence = { why: 'offline', pool: 'Reed Street', problem: 'it does not answer' } as const;
    const away: ChatModel = { ...big, absence };
    const models = [away, model('a', { state: ready })];
    expect(chooseModel({ models, chosen: 'big', preferred: 'a', missing })).toBe(away);
    expect(chooseModel({ models, chosen: undefined, preferred: 'big', missing })?.id).toBe('a');
    expect(readyInstead([away, other], 'other')).toBeUndefined();
  });
});
