import { readFileSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { put } from './library.fixture.ts';
import { findFileProblem } from './library-scan.ts';
import { putMlxModel } from './mlx.fixture.ts';
import { inspectMlxFolder } from './mlx-folder.ts';
import { findModelFiles } from './model-files.ts';
import type { ModelFile } from './model-files.ts';

async function onlyModel(folder: string): Promise<ModelFile> {
  const [file] = await findModelFiles(folder);
  if (file === undefined) throw new Error('no model found');
  return file;
}

test('a folder is one model with all its files and the facts of its configuration', async () => {
  const root = temporaryFolder();
  const path = putMlxModel(root, 'mlx-community/Qwen3-tiny-4bit');
  const file = await onlyModel(root);
  expect(file).toMatchObject({
    format: 'mlx',
    path,
    segments: ['mlx-community', 'Qwen3-tiny-4bit'],
    parts: [
      join(path, 'model-00001-of-00002.safetensors'),
      join(path, 'model-00002-of-00002.safetensors'),
    ],
    missingParts: 0,
  });
  expect(await inspectMlxFolder(file)).toEqual({
    architecture: 'qwen3',
    quantization: '4bit',
    // Two packed matrices of 128 words with eight weights each, and a norm.
    parameterCount: 2 * 128 * 8 + 64,
    trainedContextLength: 40_960,
    capabilities: {
      ...{ chat: true, completion: true, embedding: false, rerank: false },
      ...{ tools: true, reasoning: true, vision: false, continuation: false },
    },
  });
});

test('a missing part is told with what it holds', async () => {
  const root = temporaryFolder();
  const path = putMlxModel(root, 'tiny');
  rmSync(join(path, 'model-00002-of-00002.safetensors'));
  const file = await onlyModel(root);
  expect(file.missingParts).toBe(1);
  expect(file.missingBytes).toBeGreaterThan(0);
  expect(await findFileProblem(file, 'tiny')).toBe(
    '1 of the 2 files of this model are missing; download it again',
  );
});

test('weights that are cut off are told by name', async () => {
  const root = temporaryFolder();
  const path = putMlxModel(root, 'tiny');
  const part = join(path, 'model-00002-of-00002.safetensors');
  truncateSync(part, 300);
  await expect(inspectMlxFolder(await onlyModel(root))).rejects.toMatchObject({
    code: 'model-load-failed',
    message: `${part} is cut off or no safetensors file; download it again`,
  });
});

test('headers that would fill the memory together are not read', async () => {
  const path = putMlxModel(temporaryFolder(), 'Tiny-4bit');
  const headerBytes = 33 * 1024 * 1024;
  const start = Buffer.alloc(8);
  start.writeBigUInt64LE(BigInt(headerBytes));
  const padded = Buffer.concat([start, Buffer.from('{}'), Buffer.alloc(headerBytes - 2, ' ')]);
  const { parts, ...file } = await onlyModel(path);
  const [first = '', second = ''] = parts;
  writeFileSync(first, padded);
  await expect(inspectMlxFolder({ ...file, parts: [first] })).resolves.toBeDefined();
  writeFileSync(second, padded);
  await expect(inspectMlxFolder({ ...file, parts })).rejects.toMatchObject({
    code: 'model-load-failed',
    message: `${second} is cut off or no safetensors file; download it again`,
  });
});

test.each([
  ['a speech model', { model_type: 'whisper', architectures: ['WhisperForConditionalGeneration'] }],
  ['an encoder', { model_type: 'bert', architectures: ['BertModel'] }],
  ['something unknown', {}],
])('%s is no language model', async (_what, config) => {
  const root = temporaryFolder();
  const path = putMlxModel(root, 'other');
  writeFileSync(join(path, 'config.json'), JSON.stringify(config));
  await expect(inspectMlxFolder(await onlyModel(root))).rejects.toMatchObject({
    message: 'other is not a language model',
    reason: 'not-a-language-model',
  });
});

test('eyes, a template of its own and half precision are seen', async () => {
  const root = temporaryFolder();
  const path = putMlxModel(root, 'eyes');
  writeFileSync(
    join(path, 'config.json'),
    JSON.stringify({
      model_type: 'gemma3',
      architectures: ['Gemma3ForConditionalGeneration'],
      text_config: { max_position_embeddings: 131_072 },
      vision_config: { hidden_size: 1152 },
      torch_dtype: 'bfloat16',
    }),
  );
  writeFileSync(join(path, 'tokenizer_config.json'), '{}');
  put(path, 'chat_template.jinja', '{{ messages }}');
  expect(await inspectMlxFolder(await onlyModel(root))).toMatchObject({
    quantization: 'BF16',
    trainedContextLength: 131_072,
    capabilities: { vision: true, chat: true, tools: false, reasoning: false },
  });
});

test('an index cannot lead out of its folder', async () => {
  const root = temporaryFolder();
  const path = putMlxModel(root, 'evil');
  put(path, 'model.safetensors.index.json', '{"weight_map":{"a":"../../secret.safetensors"}}');
  expect((await onlyModel(root)).parts).toEqual([]);
});

test('an index is read again only when its size or time is another', async () => {
  const root = temporaryFolder();
  const path = putMlxModel(root, 'tiny');
  const index = join(path, 'model.safetensors.index.json');
  const before = new Date(1_700_000_000_000);
  utimesSync(index, before, before);
  expect((await onlyModel(root)).missingParts).toBe(0);
  const text = readFileSync(index, 'utf8');
  writeFileSync(index, text.replaceAll('00002-of', '00003-of'));
  utimesSync(index, before, before);
  expect((await onlyModel(root)).missingParts).toBe(0);
  utimesSync(index, before, new Date(1_700_000_001_000));
  expect((await onlyModel(root)).missingParts).toBe(1);
});

test('an index that is larger than any real one is not read', async () => {
  const root = temporaryFolder();
  const path = putMlxModel(root, 'tiny');
  const index = '{"weight_map":{"a":"model-00001-of-00002.safetensors"}}';
  put(path, 'model.safetensors.index.json', index.padEnd(17 * 1024 * 1024));
  expect((await onlyModel(root)).parts).toHaveLength(2);
});
