import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { gguf, put, sha256 } from '../library.fixture.ts';
import { ollamaFolders, readOllama } from './ollama.ts';
import { putOllamaModel } from './ollama.fixture.ts';

test.each([
  ['linux', ['/far', '/home/ada/.ollama/models', '/usr/share/ollama/.ollama/models']],
  ['darwin', ['/far', '/home/ada/.ollama/models']],
  ['win32', ['/far', '/home/ada/.ollama/models']],
] as const)('knows its folders on %s', (platform, folders) => {
  const env = { OLLAMA_MODELS: '/far' };
  expect(ollamaFolders({ platform, env, homeFolder: '/home/ada' })).toEqual(folders);
});

test('a tag is a blob with a name, its digest, and what was set for it', async () => {
  const folder = temporaryFolder();
  const weights = gguf('llama');
  putOllamaModel(folder, 'registry.ollama.ai/library/llama3.2/3b', {
    model: weights,
    template: '{{ .Prompt }}',
    system: 'You are Ada.',
    params: JSON.stringify({
      temperature: 0.6,
      top_k: 20,
      num_ctx: 8192,
      stop: ['<|eot|>'],
      seed: 'x',
    }),
    license: 'LLAMA 3.2 COMMUNITY LICENSE',
  });
  expect(await readOllama(folder)).toMatchObject([
    {
      names: {
        id: 'llama3.2:3b',
        name: 'llama3.2:3b',
        aliases: ['registry.ollama.ai/library/llama3.2:3b'],
      },
      digest: sha256(weights),
      file: {
        path: join(folder, 'blobs', `sha256-${sha256(weights)}`),
        sizeBytes: weights.length,
        missingParts: 0,
      },
      takenAlong: {
        systemPrompt: 'You are Ada.',
        template: '{{ .Prompt }}',
        licence: 'LLAMA 3.2 COMMUNITY LICENSE',
        sampling: { temperature: 0.6, topK: 20 },
        contextLength: 8192,
        stop: ['<|eot|>'],
      },
    },
  ]);
});

test.each([
  ['registry.ollama.ai/library/qwen3/latest', 'qwen3:latest', 'qwen3'],
  ['registry.ollama.ai/ada/tiny/q4', 'ada/tiny:q4', 'registry.ollama.ai/ada/tiny:q4'],
  ['hf.co/unsloth/Qwen3-4B-GGUF/Q4_K_M', 'hf.co/unsloth/Qwen3-4B-GGUF:Q4_K_M', undefined],
])('%s is %s', async (path, id, alias) => {
  const folder = temporaryFolder();
  putOllamaModel(folder, path, { model: gguf('x') });
  const [model] = await readOllama(folder);
  expect(model?.names.id).toBe(id);
  if (alias !== undefined) expect(model?.names.aliases).toContain(alias);
});

test('a projector comes along; an adapter, and tensors kept apart, need Ollama', async () => {
  const folder = temporaryFolder();
  const library = 'registry.ollama.ai/library';
  putOllamaModel(folder, `${library}/eyes/7b`, { model: gguf('e'), projector: gguf('p') });
  putOllamaModel(folder, `${library}/tuned/7b`, { model: gguf('t'), adapter: gguf('a') });
  putOllamaModel(folder, `${library}/pieces/7b`, { tensor: 'weights' });
  const [eyes, pieces, tuned] = await readOllama(folder);
  expect(eyes?.file.projectorPath).toBe(join(folder, 'blobs', `sha256-${sha256(gguf('p'))}`));
  expect(eyes?.onlyThere).toBeUndefined();
  expect(pieces?.onlyThere).toBe('pieces:7b is kept in a format that only Ollama reads');
  expect(tuned?.onlyThere).toContain('adapter');
});

test('models of the cloud, other files and broken manifests are left out', async () => {
  const folder = temporaryFolder();
  const manifests = join(folder, 'manifests', 'registry.ollama.ai', 'library');
  put(manifests, 'gpt-oss/120b-cloud', JSON.stringify({ schemaVersion: 2, layers: null }));
  put(manifests, 'broken/7b', '{"layers":[{"mediaType":');
  put(manifests, 'evil/7b', manifestWith('sha256:../../../etc/passwd'));
  expect(await readOllama(folder)).toEqual([]);
});

test('weights that are not there are told with their size', async () => {
  const folder = temporaryFolder();
  const manifests = join(folder, 'manifests', 'registry.ollama.ai', 'library');
  put(manifests, 'half/7b', manifestWith(`sha256:${'a'.repeat(64)}`));
  const [model] = await readOllama(folder);
  expect(model?.file).toMatchObject({ missingParts: 1, missingBytes: 123, sizeBytes: 123 });
});

function manifestWith(digest: string): string {
  const mediaType = 'application/vnd.ollama.image.model';
  return JSON.stringify({ schemaVersion: 2, layers: [{ mediaType, digest, size: 123 }] });
}
