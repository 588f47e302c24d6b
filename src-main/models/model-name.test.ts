import { describe, expect, test } from 'vitest';
import { nameModel, shardOf } from './model-name.ts';
import { indexNames } from './name-index.ts';

describe('nameModel', () => {
  test('takes publisher, model and quantization from the usual folders', () => {
    expect(nameModel(['unsloth', 'Qwen3-0.6B-GGUF', 'Qwen3-0.6B-Q4_K_M.gguf'])).toEqual({
      id: 'unsloth/Qwen3-0.6B:Q4_K_M',
      name: 'Qwen3-0.6B Q4_K_M',
      aliases: [
        'unsloth/Qwen3-0.6B',
        'Qwen3-0.6B:Q4_K_M',
        'Qwen3-0.6B',
        'Qwen3-0.6B-Q4_K_M',
        'Qwen3-0.6B-Q4_K_M.gguf',
      ],
    });
  });

  test('a file without folders has no publisher', () => {
    expect(nameModel(['tiny.f16.gguf'])).toMatchObject({ id: 'tiny:F16', name: 'tiny F16' });
    expect(nameModel(['plain.gguf'])).toMatchObject({ id: 'plain', aliases: ['plain.gguf'] });
  });

  test.each([
    ['m-IQ2_XXS.gguf', 'm:IQ2_XXS'],
    ['m-UD-Q4_K_XL.gguf', 'm:Q4_K_XL'],
    ['m.q8_0.gguf', 'm:Q8_0'],
    ['m-MXFP4_MOE.gguf', 'm:MXFP4_MOE'],
    ['m-BF16-00001-of-00003.gguf', 'm:BF16'],
    ['mini-Q2.gguf', 'mini:Q2'],
    ['version-2.gguf', 'version-2'],
  ])('%s is %s', (file, id) => {
    expect(nameModel([file]).id).toBe(id);
  });
});

test('a part of a split model knows its place', () => {
  expect(shardOf('m-00002-of-00005.gguf')).toEqual({ index: 2, count: 5 });
  expect(shardOf('m-Q4_0.gguf')).toBeUndefined();
});

describe('indexNames', () => {
  const claim = (file: string, sizeBytes: number) => ({
    ...nameModel(['ada', 'm-GGUF', file]),
    sizeBytes,
  });

  test('a shared alias means the usual quantization', () => {
    const index = indexNames([claim('m-Q2_K.gguf', 1), claim('m-Q4_K_M.gguf', 2)]);
    expect(index.get('m')).toBe('ada/m:Q4_K_M');
    expect(index.get('ada/m:q2_k')).toBe('ada/m:Q2_K');
  });

  test('without the usual one it means the smallest', () => {
    const index = indexNames([claim('m-Q8_0.gguf', 9), claim('m-Q6_K.gguf', 6)]);
    expect(index.get('ada/m')).toBe('ada/m:Q6_K');
  });

  test('an alias never hides an id', () => {
    const index = indexNames([
      claim('m-Q4_K_M.gguf', 1),
      { ...nameModel(['m.gguf']), sizeBytes: 5 },
    ]);
    expect(index.get('m')).toBe('m');
  });
});
