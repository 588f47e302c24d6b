import { expect, test } from 'vitest';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { gguf, put, sha256 } from '../library.fixture.ts';
import { llamaCppFolders, readLlamaCpp } from './llama-cpp.ts';

test.each([
  ['linux', {}, ['/home/ada/.cache/llama.cpp']],
  ['linux', { XDG_CACHE_HOME: '/c' }, ['/c/llama.cpp']],
  ['linux', { LLAMA_CACHE: '/mine' }, ['/mine', '/home/ada/.cache/llama.cpp']],
  ['darwin', {}, ['/home/ada/Library/Caches/llama.cpp']],
  ['win32', { LOCALAPPDATA: '/local' }, ['/local/llama.cpp']],
  ['win32', {}, ['/home/ada/AppData/Local/llama.cpp']],
] as const)('knows its folders on %s with %o', (platform, env, folders) => {
  expect(llamaCppFolders({ platform, env, homeFolder: '/home/ada' })).toEqual(folders);
});

test('flat names are taken apart with the manifest beside them', async () => {
  const folder = temporaryFolder();
  const content = gguf('gemma');
  const lfs = { sha256: sha256(content), size: content.length, pointerSize: 135 };
  const ggufFile = { rfilename: 'gemma-3-4b-it-Q4_K_M.gguf', size: content.length, lfs };
  const mmprojFile = { rfilename: 'mmproj-model-f16.gguf' };
  put(
    folder,
    'manifest=ggml-org=gemma-3-4b-it-GGUF=latest.json',
    JSON.stringify({ config: {}, ggufFile, mmprojFile }),
  );
  put(folder, 'ggml-org_gemma-3-4b-it-GGUF_gemma-3-4b-it-Q4_K_M.gguf', content);
  const eyes = put(folder, 'ggml-org_gemma-3-4b-it-GGUF_mmproj-model-f16.gguf');
  put(folder, 'from-an-address.gguf');
  expect(await readLlamaCpp(folder)).toMatchObject([
    { names: { id: 'from-an-address' } },
    {
      names: { id: 'ggml-org/gemma-3-4b-it:Q4_K_M' },
      digest: sha256(content),
      file: { projectorPath: eyes },
    },
  ]);
});

test('the layout of newer versions is that of the hub', async () => {
  const folder = temporaryFolder();
  put(folder, 'models--ggml-org--tiny-GGUF/snapshots/abc/tiny-Q8_0.gguf');
  const [model] = await readLlamaCpp(folder);
  expect(model).toMatchObject({
    names: { id: 'ggml-org/tiny:Q8_0' },
    origin: { repo: 'ggml-org/tiny-GGUF', commit: 'abc' },
  });
});
