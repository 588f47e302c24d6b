import { expect, test } from 'vitest';
import type { HubFile, HubVariant } from './hub-repo.ts';
import { groupVariants } from './variants.ts';

const file = (path: string, sizeBytes = 1000): HubFile => ({ path, sizeBytes });

function group(paths: readonly string[], extra: { parameterCount?: number } = {}) {
  const files = paths.map((path, index) => file(path, 1000 + index));
  return groupVariants({ repo: 'org/Model-GGUF', files, ...extra });
}

const idsOf = (variants: readonly HubVariant[]): readonly string[] => variants.map(({ id }) => id);

test.each([
  ['Model-Q4_K_M.gguf', 'Q4_K_M', 'balanced'],
  ['model-q4_k_m.gguf', 'Q4_K_M', 'balanced'],
  ['model.Q5_K_S.gguf', 'Q5_K_S', 'balanced'],
  ['Model-UD-Q4_K_XL.gguf', 'UD-Q4_K_XL', 'balanced'],
  ['Model-UD-IQ1_S.gguf', 'UD-IQ1_S', 'small'],
  ['Model-IQ2_XXS.gguf', 'IQ2_XXS', 'small'],
  ['Model-IQ4_NL.gguf', 'IQ4_NL', 'balanced'],
  ['Model.i1-Q3_K_L.gguf', 'Q3_K_L', 'small'],
  ['Model-TQ1_0.gguf', 'TQ1_0', 'small'],
  ['Model-Q4_0_4_4.gguf', 'Q4_0_4_4', 'balanced'],
  ['Model-Q6_K_L.gguf', 'Q6_K_L', 'large'],
  ['Model-Q8_0.gguf', 'Q8_0', 'large'],
  ['gpt-oss-20b-mxfp4.gguf', 'MXFP4', 'balanced'],
  ['Model-MXFP4_MOE.gguf', 'MXFP4_MOE', 'balanced'],
  ['Model-BF16.gguf', 'BF16', 'original'],
  ['model-f16.gguf', 'F16', 'original'],
  ['model-fp16.gguf', 'FP16', 'original'],
  ['Model-F32.gguf', 'F32', 'original'],
  ['Q8_0/model.gguf', 'Q8_0', 'large'],
  ['Qwen3-4B-Q4_K_M-imat.gguf', 'Q4_K_M', 'balanced'],
  ['gemma-2-9b-it-Q4_K_M-fp16.gguf', 'Q4_K_M-FP16', 'balanced'],
  ['gemma-2-9b-it-Q3_K_L-Q8.gguf', 'Q3_K_L-Q8', 'small'],
  ['gemma-2-9b-it-Q6_K-f32.gguf', 'Q6_K-F32', 'large'],
  ['Model_Q4_0_imatrix.gguf', 'Q4_0', 'balanced'],
  ['gemma-3-4b-it-qat-q4_0.gguf', 'Q4_0', 'balanced'],
] as const)('calls %s %s and %s', (path, id, tier) => {
  expect(group([path]).map((variant) => [variant.id, variant.tier])).toEqual([[id, tier]]);
});

test('calls the only file without a quantization main and judges it by its bits', () => {
  const [variant] = groupVariants({
    repo: 'org/Model-GGUF',
    files: [file('ggml-model.gguf', 5_000_000)],
    parameterCount: 8_000_000,
  });
  expect(variant).toMatchObject({ id: 'main', tier: 'balanced' });
});

test('does not take the size of a model for a quantization', () => {
  expect(idsOf(group(['SmolLM2-135M-Instruct.gguf']))).toEqual(['main']);
});

test('joins the parts of a split model in order, in a folder of their own', () => {
  const variants = group([
    'Q8_0/Model-Q8_0-00002-of-00003.gguf',
    'Q8_0/Model-Q8_0-00003-of-00003.gguf',
    'Q8_0/Model-Q8_0-00001-of-00003.gguf',
    'Model-Q4_K_M.gguf',
  ]);
  expect(idsOf(variants)).toEqual(['Q4_K_M', 'Q8_0']);
  expect(variants[1]?.files.map(({ path }) => path)).toEqual([
    'Q8_0/Model-Q8_0-00001-of-00003.gguf',
    'Q8_0/Model-Q8_0-00002-of-00003.gguf',
    'Q8_0/Model-Q8_0-00003-of-00003.gguf',
  ]);
  expect(variants[1]?.sizeBytes).toBe(3003);
});

test('leaves a split model with a missing part out', () => {
  expect(
    idsOf(group(['M-Q8_0-00001-of-00003.gguf', 'M-Q8_0-00003-of-00003.gguf', 'M-Q4_0.gguf'])),
  ).toEqual(['Q4_0']);
});

test('offers a model that is there whole and in parts once, whole', () => {
  const variants = group([
    'coder-q4_k_m-00001-of-00002.gguf',
    'coder-q4_k_m-00002-of-00002.gguf',
    'coder-q4_k_m.gguf',
  ]);
  expect(variants.map(({ id, files }) => [id, files.length])).toEqual([['Q4_K_M', 1]]);
});

test('gives every variant the eyes of the repository, half precision before others', () => {
  const variants = group([
    'mmproj-F32.gguf',
    'mmproj-BF16.gguf',
    'mmproj-model-f16.gguf',
    'gemma-Q4_K_M.gguf',
    'gemma-Q8_0.gguf',
  ]);
  expect(idsOf(variants)).toEqual(['Q4_K_M', 'Q8_0']);
  expect(variants.map(({ projector }) => projector?.path)).toEqual([
    'mmproj-model-f16.gguf',
    'mmproj-model-f16.gguf',
  ]);
  expect(variants[0]?.sizeBytes).toBe(1003 + 1002);
});

test('takes the eyes of its own folder first', () => {
  const variants = group(['a/mmproj-BF16.gguf', 'mmproj-F16.gguf', 'a/m-Q4_0.gguf']);
  expect(variants[0]?.projector?.path).toBe('a/mmproj-BF16.gguf');
});

test('leaves calibration data, vocabularies and adapters out', () => {
  expect(
    idsOf(
      group([
        'Model-imatrix.gguf',
        'imatrix_unsloth.gguf',
        'ggml-vocab-llama.gguf',
        'Model-lora-F16.gguf',
        'Model-Q4_K_M.gguf',
        'README.md',
      ]),
    ),
  ).toEqual(['Q4_K_M']);
});

test('calls the files of a second model in one repository by their whole names', () => {
  expect(idsOf(group(['big-Q4_K_M.gguf', 'big-Q8_0.gguf', 'big-draft-Q4_K_M.gguf']))).toEqual([
    'Q4_K_M',
    'Q8_0',
    'big-draft-Q4_K_M',
  ]);
});

test('keeps ids apart when the same quantization lies in two folders', () => {
  const ids = idsOf(group(['a/m-Q4_0.gguf', 'b/m-Q4_0.gguf', 'c/m-Q4_0.gguf']));
  expect(new Set(ids).size).toBe(3);
});

test('names a repository without quantizations by its files', () => {
  expect(idsOf(group(['tiny.gguf', 'large.gguf']))).toEqual(['tiny', 'large']);
});

test('has the smallest variant first', () => {
  const files = [file('m-Q8_0.gguf', 80), file('m-Q4_0.gguf', 40), file('m-F16.gguf', 160)];
  expect(idsOf(groupVariants({ repo: 'o/m', files }))).toEqual(['Q4_0', 'Q8_0', 'F16']);
});

const mlxFiles = [
  'config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'model-00001-of-00002.safetensors',
  'model-00002-of-00002.safetensors',
  'model.safetensors.index.json',
];

function mlx(repo: string, paths: readonly string[], mlxBits?: number): readonly HubVariant[] {
  const files = paths.map((path) => file(path));
  return groupVariants({ repo, files, ...(mlxBits !== undefined && { mlxBits }) });
}

test('offers a whole MLX repository as one variant without programs and papers', () => {
  const variants = mlx('mlx-community/Qwen3-4B-4bit', [
    ...mlxFiles,
    'README.md',
    '.gitattributes',
    'modeling_qwen.py',
    'LICENSE.txt',
    'images/logo.png',
  ]);
  expect(variants).toHaveLength(1);
  expect(variants[0]).toMatchObject({
    id: 'main',
    format: 'mlx',
    tier: 'balanced',
    sizeBytes: 6000,
  });
  expect(variants[0]?.files.map(({ path }) => path).toSorted()).toEqual(mlxFiles.toSorted());
});

test.each([
  ['mlx-community/Qwen3-4B-8bit', undefined, 'large'],
  ['mlx-community/Qwen3-4B-3bit', undefined, 'small'],
  ['mlx-community/Qwen3-4B-bf16', undefined, 'original'],
  ['mlx-community/Qwen3-4B-mxfp4', undefined, 'balanced'],
  ['someone/mine', 6, 'large'],
  ['mlx-community/Qwen3-4B-4bit', 8, 'large'],
] as const)('takes %s with %s bits for %s', (repo, bits, tier) => {
  expect(mlx(repo, mlxFiles, bits)[0]?.tier).toBe(tier);
});

test.each([['config.json'], ['tokenizer.json'], ['model-00002-of-00002.safetensors']])(
  'offers nothing of an MLX repository without %s',
  (missing) => {
    expect(
      mlx(
        'o/m',
        mlxFiles.filter((path) => path !== missing),
      ),
    ).toEqual([]);
  },
);
