import { mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { gguf, put, sha256 } from '../library.fixture.ts';
import { huggingFaceFolders, readHuggingFace } from './hugging-face.ts';

const repo = 'models--unsloth--Qwen3-4B-GGUF';

/** As the hub's own library writes it: a link in the snapshot to a blob named after its digest. */
function putLinked(folder: string, commit: string, path: string, content: Buffer): void {
  const blob = put(folder, `${repo}/blobs/${sha256(content)}`, content);
  const link = join(folder, repo, 'snapshots', commit, path);
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync(relative(dirname(link), blob), link);
}

test('the variables of the hub are honoured, and the usual folder is looked at besides', () => {
  const homeFolder = '/home/ada';
  const usual = '/home/ada/.cache/huggingface/hub';
  const folders = (env: Record<string, string>) =>
    huggingFaceFolders({ platform: 'linux', env, homeFolder });
  expect(folders({})).toEqual([usual]);
  expect(folders({ HF_HOME: '/hf' })).toEqual(['/hf/hub', usual]);
  expect(folders({ HF_HUB_CACHE: '/c', HF_HOME: '' })).toEqual(['/c', usual]);
  expect(folders({ HUGGINGFACE_HUB_CACHE: '/o' })).toEqual(['/o', usual]);
  expect(folders({ XDG_CACHE_HOME: '/x' })).toEqual(['/x/huggingface/hub', usual]);
});

test('a file knows its repository, commit and digest; one in several snapshots counts once', async () => {
  const folder = temporaryFolder();
  const content = gguf('qwen');
  putLinked(folder, 'aaa', 'Qwen3-4B-Q4_K_M.gguf', content);
  putLinked(folder, 'bbb', 'Qwen3-4B-Q4_K_M.gguf', content);
  put(folder, `${repo}/refs/main`, 'bbb');
  put(folder, 'datasets--ada--words/snapshots/ccc/model.gguf');
  expect(await readHuggingFace(folder)).toMatchObject([
    {
      names: { id: 'unsloth/Qwen3-4B:Q4_K_M' },
      origin: {
        repo: 'unsloth/Qwen3-4B-GGUF',
        commit: 'bbb',
        endpoint: 'https://huggingface.co',
      },
      digest: sha256(content),
    },
  ]);
});

test('real files, as on Windows, and sets in a folder are found too', async () => {
  const folder = temporaryFolder();
  const snapshot = `${repo}/snapshots/aaa`;
  put(folder, `${snapshot}/Q8_0/Qwen3-4B-Q8_0-00001-of-00002.gguf`);
  put(folder, `${snapshot}/Q8_0/Qwen3-4B-Q8_0-00002-of-00002.gguf`);
  const [model] = await readHuggingFace(folder);
  expect(model?.names.id).toBe('unsloth/Qwen3-4B:Q8_0');
  expect(model?.file.parts).toHaveLength(2);
  expect(model?.digest).toBeUndefined();
});

test('a repository in the MLX layout is one model', async () => {
  const folder = temporaryFolder();
  const snapshot = 'models--mlx-community--Qwen3-4B-4bit/snapshots/abc';
  put(folder, `${snapshot}/config.json`, '{}');
  put(folder, `${snapshot}/tokenizer.json`, '{}');
  put(folder, `${snapshot}/model.safetensors`, 'x');
  const models = await readHuggingFace(folder);
  expect(models).toMatchObject([
    { names: { id: 'mlx-community/Qwen3-4B:4bit' }, file: { path: join(folder, snapshot) } },
  ]);
});
