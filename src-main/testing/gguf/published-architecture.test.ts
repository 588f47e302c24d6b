import { join } from 'node:path';
import { expect, test } from 'vitest';
import { showcaseModels } from '../hub/showcase-models.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { writeGguf } from './gguf-writer.ts';
import { publishedTensors, type Quantization } from './published-architecture.ts';

function sizeOf(repo: string, quantization: Quantization): number {
  const model = showcaseModels.find((known) => known.repo === repo);
  if (model === undefined) throw new Error(`The showcase has no ${repo}`);
  const path = join(temporaryFolder(), 'model.gguf');
  return writeGguf(path, {}, publishedTensors(model.shape, quantization));
}

test.each([
  ['unsloth/Qwen3-8B-GGUF', 'Q4_K_M', 5_027_783_872],
  ['unsloth/Qwen3-0.6B-GGUF', 'Q8_0', 639_446_688],
  ['bartowski/Llama-3.2-3B-Instruct-GGUF', 'Q4_K_M', 2_019_377_696],
  ['ggml-org/gemma-3-4b-it-GGUF', 'Q4_K_M', 2_489_757_856],
] as const)('%s in %s is as large as the published file', (repo, quantization, publishedBytes) => {
  const ratio = sizeOf(repo, quantization) / publishedBytes;
  expect(ratio).toBeGreaterThan(0.98);
  expect(ratio).toBeLessThan(1.02);
});

test.each(showcaseModels)('$repo has as many weights as its page says', ({ shape, parameters }) => {
  const weights = publishedTensors(shape, 'BF16')
    .map((tensor) => tensor.shape.reduce((product, size) => product * size, 1))
    .reduce((sum, count) => sum + count, 0);
  expect(Math.abs(weights / parameters - 1)).toBeLessThan(0.01);
});
