import { expect, test } from 'vitest';
import type { ModelFacts, ModelManifest } from '../core/model.ts';
import { capabilitiesUnder } from './engine-capabilities.ts';

const capabilities = {
  ...{ chat: true, completion: true, embedding: true, rerank: false, tools: true },
  ...{ reasoning: false, vision: true, continuation: true },
};
const facts: ModelFacts = { architecture: 'x', trainedContextLength: 4096, capabilities };
const model: ModelManifest = {
  ...{ id: 'm', name: 'm', format: 'gguf', path: '/m.gguf', sizeBytes: 1, source: 'library' },
};
const seeing = { ...model, projectorPath: '/mmproj.gguf' };

test('our own engine reads text only, whatever the model could see', () => {
  expect(capabilitiesUnder('llama-cpp', seeing, facts).vision).toBe(false);
  expect(capabilitiesUnder(undefined, seeing, facts).vision).toBe(false);
});

test('llama-server sees with a projector and only then', () => {
  expect(capabilitiesUnder('llama-server', seeing, facts).vision).toBe(true);
  expect(capabilitiesUnder('llama-server', model, facts).vision).toBe(false);
});

test('mlx-lm neither sees nor embeds', () => {
  expect(capabilitiesUnder('mlx', model, facts)).toMatchObject({ vision: false, embedding: false });
});

test('only our own engine goes on from delivered tokens', () => {
  expect(capabilitiesUnder('llama-cpp', model, facts).continuation).toBe(true);
  for (const kind of ['llama-server', 'mlx', 'vllm'] as const) {
    expect(capabilitiesUnder(kind, model, facts).continuation).toBe(false);
  }
});
