import { chmodSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { createSecretStore } from './secret-store.ts';
import type { DataKeyWrapper } from './secret-store.ts';

interface SecretFile {
  readonly folder: string;
  readonly keyFile: string;
  readonly secretsFile: string;
}

function secretFolder(): SecretFile {
  const folder = join(temporaryFolder(), 'data');
  const [keyFile, secretsFile] = [join(folder, 'secret.key'), join(folder, 'secrets.json')];
  return { folder, keyFile, secretsFile };
}

async function folderWith(name: string, value: string): Promise<SecretFile> {
  const files = secretFolder();
  await createSecretStore(files).write(name, value);
  return files;
}

test('a secret is read back by the next start, and is nowhere on the disk in the clear', async () => {
  const files = await folderWith('hub-token', 'hf_wörtlich');
  expect(await createSecretStore(files).read('hub-token')).toBe('hf_wörtlich');
  for (const file of [files.keyFile, files.secretsFile]) {
    const bytes = readFileSync(file);
    expect(bytes.includes('hf_w')).toBe(false);
    expect(bytes.includes(Buffer.from('hf_wörtlich').toString('base64').slice(0, 8))).toBe(false);
  }
});

test.skipIf(process.platform === 'win32')('only the owner may read key and secrets', async () => {
  const files = await folderWith('a', 'b');
  for (const file of [files.keyFile, files.secretsFile]) {
    expect(statSync(file).mode & 0o777).toBe(0o600);
  }
  chmodSync(files.keyFile, 0o644);
  await createSecretStore(files).read('a');
  expect(statSync(files.keyFile).mode & 0o777).toBe(0o600);
});

test('names what there is; an unknown name is nothing, and removing is for good', async () => {
  const store = createSecretStore(secretFolder());
  expect(await store.names()).toEqual([]);
  expect(await store.read('a')).toBeUndefined();
  await store.write('a', '1');
  await store.write('b', '2');
  await store.write('a', undefined);
  await store.write('never-there', undefined);
  expect(await store.names()).toEqual(['b']);
  expect(await store.read('a')).toBeUndefined();
});

test('writes at the same time lose none of them', async () => {
  const store = createSecretStore(secretFolder());
  const names = Array.from({ length: 8 }, (_, index) => `key-${index.toString()}`);
  await Promise.all(names.map((name) => store.write(name, name)));
  expect(await Promise.all(names.map((name) => store.read(name)))).toEqual(names);
});

test('the same value is stored differently each time', async () => {
  const files = secretFolder();
  const store = createSecretStore(files);
  await store.write('a', 'same');
  const first = readFileSync(files.secretsFile, 'utf8');
  await store.write('a', 'same');
  expect(readFileSync(files.secretsFile, 'utf8')).not.toBe(first);
});

test('a secret that was put under another name is refused', async () => {
  const files = await folderWith('server-a', 'key of a');
  const text = readFileSync(files.secretsFile, 'utf8');
  writeFileSync(files.secretsFile, text.replace('server-a', 'server-b'));
  await expect(createSecretStore(files).read('server-b')).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining("The secret 'server-b'") as string,
  });
});

test('a missing key is one sentence, and never replaced while secrets need it', async () => {
  const files = await folderWith('a', 'b');
  rmSync(files.keyFile);
  const store = createSecretStore(files);
  const isMissing = { code: 'unavailable', reason: 'secret-key' };
  await expect(store.read('a')).rejects.toMatchObject(isMissing);
  await expect(store.write('c', 'd')).rejects.toMatchObject(isMissing);
  expect(await store.names()).toEqual(['a']);
  await store.write('a', undefined);
  await store.write('c', 'd');
  expect(await store.read('c')).toBe('d');
});

test.each(['', '{}', 'nonsense', '{"wrapper":"none","key":"c2hvcnQ="}'])(
  'a damaged key (%j) is one sentence',
  async (text) => {
    const files = await folderWith('a', 'b');
    writeFileSync(files.keyFile, text);
    await expect(createSecretStore(files).read('a')).rejects.toMatchObject({
      reason: 'secret-key',
      message: expect.stringContaining('is damaged') as string,
    });
  },
);

test.each(['', '[]', '{"a":1}'])(
  'damaged secrets (%j) are one sentence and are kept',
  async (text) => {
    const files = await folderWith('a', 'b');
    writeFileSync(files.secretsFile, text);
    const store = createSecretStore(files);
    await expect(store.write('c', 'd')).rejects.toMatchObject({ code: 'unavailable' });
    expect(readFileSync(files.secretsFile, 'utf8')).toBe(text);
  },
);

const flipped = (bytes: Uint8Array): Uint8Array => bytes.map((byte) => byte ^ 0xff);
const keyChain: DataKeyWrapper = {
  name: 'key-chain',
  wrap: (key) => Promise.resolve(flipped(key)),
  unwrap: (key) => Promise.resolve(flipped(key)),
};

test('a wrapped key opens with its wrapper only', async () => {
  const files = secretFolder();
  await createSecretStore({ ...files, wrapper: keyChain }).write('a', 'b');
  expect(await createSecretStore({ ...files, wrapper: keyChain }).read('a')).toBe('b');
  await expect(createSecretStore(files).read('a')).rejects.toMatchObject({
    message: expect.stringContaining("is locked with 'key-chain'") as string,
  });
});

test('a key that was made before there was a wrapper is wrapped with the next use', async () => {
  const files = await folderWith('a', 'b');
  const bare = readFileSync(files.keyFile, 'utf8');
  expect(await createSecretStore({ ...files, wrapper: keyChain }).read('a')).toBe('b');
  expect(readFileSync(files.keyFile, 'utf8')).not.toBe(bare);
  await expect(createSecretStore(files).read('a')).rejects.toMatchObject({ reason: 'secret-key' });
  expect(await createSecretStore({ ...files, wrapper: keyChain }).read('a')).toBe('b');
});

test('no error ever holds a value', async () => {
  const files = await folderWith('a', 'top-secret');
  writeFileSync(
    files.keyFile,
    JSON.stringify({ wrapper: 'none', key: Buffer.alloc(32).toString('base64') }),
  );
  const failure: unknown = await createSecretStore(files)
    .read('a')
    .catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(Error);
  expect(JSON.stringify(failure, Object.getOwnPropertyNames(failure))).not.toContain('top-secret');
});
