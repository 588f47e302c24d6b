import { expect, test } from 'vitest';
import { engineFor, isHeard } from './engine-options.ts';

const engines = [
  { kind: 'vllm', isUsable: false, reason: 'vLLM is not installed' },
  { kind: 'llama-cpp', isUsable: true },
  { kind: 'llama-server', isUsable: true },
] as const;

test('the first usable program runs it, unless another usable one was chosen', () => {
  expect(engineFor({ engines: [...engines] }, 'auto')).toBe('llama-cpp');
  expect(engineFor({ engines: [...engines] }, 'llama-server')).toBe('llama-server');
  expect(engineFor({ engines: [...engines] }, 'vllm')).toBe('llama-cpp');
  expect(engineFor({ engines: [] }, 'auto')).toBeUndefined();
});

test('an option that the program ignores is not heard', () => {
  expect(isHeard('gpuLayers', 'llama-cpp')).toBe(true);
  expect(isHeard('gpuLayers', 'vllm')).toBe(false);
  expect(isHeard('cacheType', 'mlx')).toBe(false);
});
