import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { put } from '../library.fixture.ts';
import { janFolders, readJan } from './jan.ts';

test.each([
  ['linux', '.local/share/Jan'],
  ['darwin', 'Library/Application Support/Jan'],
  ['win32', 'AppData/Roaming/Jan'],
] as const)('knows its folders on %s', async (platform, program) => {
  const homeFolder = temporaryFolder();
  put(homeFolder, `${program}/settings.json`, JSON.stringify({ data_folder: '/mnt/jan' }));
  const folders = await janFolders({ platform, env: {}, homeFolder });
  expect(folders[0]).toBe('/mnt/jan');
  expect(folders).toContain(join(homeFolder, program, 'data'));
  expect(folders.at(-1)).toBe(join(homeFolder, 'jan'));
});

test('a described model is named by its folders, wherever its file lies', async () => {
  const data = temporaryFolder();
  const models = join(data, 'llamacpp', 'models');
  const own = put(models, 'janhq/Jan-v3-4B-Q4_K_M/model.gguf');
  const eyes = put(models, 'janhq/Jan-v3-4B-Q4_K_M/mmproj.gguf');
  put(
    models,
    'janhq/Jan-v3-4B-Q4_K_M/model.yml',
    'embedding: false\nmodel_path: llamacpp/models/janhq/Jan-v3-4B-Q4_K_M/model.gguf\nmmproj_path: llamacpp/models/janhq/Jan-v3-4B-Q4_K_M/mmproj.gguf\nname: Jan v3\nsize_bytes: 3\n',
  );
  const far = put(temporaryFolder(), 'far.gguf');
  put(models, 'imported/model.yml', `model_path: "${far}"\nname: imported\n`);
  put(models, 'gone/model.yml', 'model_path: llamacpp/models/gone/model.gguf\n');
  expect(await readJan(data)).toMatchObject([
    { names: { id: 'imported' }, file: { path: far } },
    { names: { id: 'janhq/Jan-v3-4B:Q4_K_M' }, file: { path: own, projectorPath: eyes } },
  ]);
});

test('the files of older versions are found as they lie', async () => {
  const data = temporaryFolder();
  put(data, 'models/huggingface.co/bartowski/tiny-GGUF/tiny-Q4_0.gguf');
  put(data, 'models/mistral-ins-7b-q4/mistral-7b-Q4_K_M.gguf');
  const models = await readJan(data);
  expect(models.map(({ names }) => names.id)).toEqual([
    'bartowski/tiny:Q4_0',
    'mistral-ins-7b-q4/mistral-7b:Q4_K_M',
  ]);
});
