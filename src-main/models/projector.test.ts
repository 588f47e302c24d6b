import { expect, test } from 'vitest';
import { pickProjector } from './projector.ts';

test.each([
  ['gemma-3-4b-it-Q4_K_M.gguf', ['mmproj-model-f16.gguf'], 'mmproj-model-f16.gguf'],
  [
    'Qwen3-VL-8B-Q8_0.gguf',
    ['mmproj-F32.gguf', 'mmproj-BF16.gguf', 'mmproj-F16.gguf'],
    'mmproj-F16.gguf',
  ],
  [
    'Qwen3-VL-8B-Q8_0.gguf',
    ['mmproj-gemma-f16.gguf', 'Qwen3-VL-8B-mmproj-f16.gguf', 'mmproj-f16.gguf'],
    'Qwen3-VL-8B-mmproj-f16.gguf',
  ],
  ['llama-Q4_0.gguf', ['mmproj-gemma-3-f16.gguf'], undefined],
  ['llama-Q4_0.gguf', [], undefined],
])('%s of %o sees with %s', (model, projectors, expected) => {
  expect(pickProjector(model, projectors)).toBe(expected);
});
