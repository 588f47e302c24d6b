import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { put } from '../library.fixture.ts';
import { lmStudioFolders, readLmStudio } from './lm-studio.ts';

test.each([
  ['linux', {}, '.config/LM Studio'],
  ['darwin', {}, 'Library/Application Support/LM Studio'],
  ['win32', {}, 'AppData/Roaming/LM Studio'],
] as const)('on %s the older settings are honoured', async (platform, env, folder) => {
  const homeFolder = temporaryFolder();
  const chosen = join(homeFolder, 'big disk');
  put(homeFolder, `${folder}/settings.json`, JSON.stringify({ downloadsFolder: chosen }));
  const folders = await lmStudioFolders({ platform, env, homeFolder });
  expect(folders).toEqual([
    chosen,
    join(homeFolder, '.lmstudio', 'models'),
    join(homeFolder, '.cache', 'lm-studio', 'models'),
  ]);
});

test('a moved home is found through its pointer, and its settings win', async () => {
  const homeFolder = temporaryFolder();
  const moved = join(homeFolder, 'moved');
  put(homeFolder, '.lmstudio-home-pointer', `${moved}\n`);
  put(moved, 'settings.json', JSON.stringify({ downloadsFolder: '/mnt/models', other: 1 }));
  const folders = await lmStudioFolders({ platform: 'linux', env: {}, homeFolder });
  expect(folders.slice(0, 2)).toEqual(['/mnt/models', join(moved, 'models')]);
});

test('damaged settings are as good as none', async () => {
  const homeFolder = temporaryFolder();
  put(homeFolder, '.lmstudio/settings.json', '{');
  const folders = await lmStudioFolders({ platform: 'linux', env: {}, homeFolder });
  expect(folders[0]).toBe(join(homeFolder, '.lmstudio', 'models'));
});

test('models are named by publisher, model and quantization', async () => {
  const folder = temporaryFolder();
  put(folder, 'unsloth/Qwen3-4B-GGUF/Qwen3-4B-Q4_K_M.gguf');
  const eyes = put(folder, 'unsloth/Qwen3-4B-GGUF/mmproj-F16.gguf');
  put(folder, 'mlx-community/Qwen3-4B-4bit/config.json', '{"model_type":"qwen3"}');
  put(folder, 'mlx-community/Qwen3-4B-4bit/tokenizer.json', '{}');
  put(folder, 'mlx-community/Qwen3-4B-4bit/model.safetensors', '');
  const models = await readLmStudio(folder);
  expect(models.map(({ names }) => names.id)).toEqual([
    'mlx-community/Qwen3-4B:4bit',
    'unsloth/Qwen3-4B:Q4_K_M',
  ]);
  expect(models[1]?.file.projectorPath).toBe(eyes);
});
