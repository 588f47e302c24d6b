import { renameSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createLibrary, gguf, put, settled, sha256 } from './library.fixture.ts';
import type { OriginRecord } from './origins.ts';

const hub = { repo: 'ada/tiny-GGUF', commit: 'abc', endpoint: 'https://huggingface.co' };

function recordOf(path: string, content: Buffer): OriginRecord {
  const repoPath = 'tiny-Q4_K_M.gguf';
  const file = { path, repoPath, sizeBytes: content.length, sha256: sha256(content) };
  return { ...hub, licence: 'apache-2.0', files: [file] };
}

test('a fetched model knows where it came from and answers to that name, over restarts too', async () => {
  const first = createLibrary();
  const content = gguf('tiny');
  const path = put(first.modelsFolder, 'ada/tiny/tiny-Q4_K_M.gguf', content);
  await settled(first.library);
  await first.library.recordFinished(recordOf(path, content));
  await first.library.dispose();
  const { library } = createLibrary({ home: first.home });
  await settled(library);
  for (const name of [
    'hf:ada/tiny-GGUF:Q4_K_M',
    'hf.co/ada/tiny-GGUF:q4_k_m',
    'HF:ada/tiny-GGUF',
  ]) {
    expect(library.find(name)).toMatchObject({
      id: 'ada/tiny:Q4_K_M',
      origin: { ...hub, licence: 'apache-2.0' },
    });
  }
});

test('what the hub vouched for is not read again', async () => {
  const asked: string[] = [];
  const { library, modelsFolder } = createLibrary({
    hasher: {
      digest: (paths) => {
        asked.push(...paths);
        return Promise.resolve('0'.repeat(64));
      },
      blocks: () => Promise.resolve([]),
    },
  });
  const content = gguf('tiny');
  const path = put(modelsFolder, 'tiny-Q4_K_M.gguf', content);
  await library.recordFinished(recordOf(path, content));
  await settled(library);
  expect(library.find('tiny')?.digest).toBe(sha256(content));
  expect(asked).not.toContain(path);
});

test('a file that was renamed or moved keeps its origin', async () => {
  const { library, modelsFolder } = createLibrary();
  const content = gguf('tiny');
  const path = put(modelsFolder, 'tiny-Q4_K_M.gguf', content);
  await library.recordFinished(recordOf(path, content));
  renameSync(path, join(modelsFolder, 'my favourite.gguf'));
  await settled(library);
  expect(library.find('my favourite')).toMatchObject({ origin: hub, digest: sha256(content) });
});

test('the parts of a set keep their origin under another name', async () => {
  const { library, modelsFolder } = createLibrary();
  const parts = [1, 2].map((part) => `big-0000${part}-of-00002.gguf`);
  const files = parts.map((repoPath) => {
    const content = gguf(repoPath);
    const path = put(modelsFolder, repoPath, content);
    return { path, repoPath, sizeBytes: content.length, sha256: sha256(content) };
  });
  await library.recordFinished({ ...hub, files });
  await settled(library);
  for (const part of parts) {
    renameSync(join(modelsFolder, part), join(modelsFolder, part.replace('big', 'large')));
  }
  await library.rescan();
  await library.settled();
  expect(library.find('large')).toMatchObject({ origin: hub });
});

test('another file in the same place has no origin', async () => {
  const { library, modelsFolder } = createLibrary();
  const content = gguf('tiny');
  const path = put(modelsFolder, 'tiny-Q4_K_M.gguf', content);
  await library.recordFinished(recordOf(path, content));
  put(modelsFolder, 'tiny-Q4_K_M.gguf', gguf('something else, and longer'));
  await settled(library);
  expect(library.find('tiny')?.origin).toBeUndefined();
});

test('two quantizations that share a projector each keep their origin', async () => {
  const { library, modelsFolder } = createLibrary();
  const eyes = {
    path: put(modelsFolder, 'mmproj-f16.gguf'),
    repoPath: 'mmproj-f16.gguf',
    sizeBytes: 1,
  };
  for (const quant of ['Q4_0', 'Q8_0']) {
    const name = `tiny-${quant}.gguf`;
    const content = gguf(name);
    const path = put(modelsFolder, name, content);
    const file = { path, repoPath: name, sizeBytes: content.length, sha256: sha256(content) };
    await library.recordFinished({ ...hub, files: [file, eyes] });
  }
  await settled(library);
  expect(library.find('hf:ada/tiny-GGUF:Q4_0')?.id).toBe('tiny:Q4_0');
  expect(library.find('hf:ada/tiny-GGUF:Q8_0')?.id).toBe('tiny:Q8_0');
});

test('fetching it again replaces what was known', async () => {
  const { library, home, modelsFolder } = createLibrary();
  const content = gguf('tiny');
  const path = put(modelsFolder, 'tiny-Q4_K_M.gguf', content);
  await settled(library);
  await library.recordFinished(recordOf(path, content));
  await library.recordFinished({ ...recordOf(path, content), commit: 'def' });
  expect(library.find('tiny')?.origin?.commit).toBe('def');
  expect(readFileSync(join(home, 'origins.json'), 'utf8')).not.toContain('"abc"');
});
