import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MillpondError } from '../core/error.ts';
import { writeFileAtomic } from './atomic-file.ts';
import { explainFileError, fileErrorCode } from './file-error.ts';

/**
 * How the data key is kept on the disk. The desktop shell may hand in the system's key chain; a
 * headless runtime has none and relies on the file's permissions.
 */
export interface DataKeyWrapper {
  /** Written beside the key, so that nobody unwraps with another. */
  readonly name: string;
  wrap(key: Uint8Array): Promise<Uint8Array>;
  /** Rejects when the key was wrapped elsewhere. */
  unwrap(wrapped: Uint8Array): Promise<Uint8Array>;
}

const unwrapped: DataKeyWrapper = {
  name: 'none',
  wrap: (key) => Promise.resolve(key),
  unwrap: (key) => Promise.resolve(key),
};

/** Values such as tokens and API keys: encrypted at rest, read only by whoever uses them. */
export interface SecretStore {
  /** Rejects with `unavailable` when the key is missing, damaged or somebody else's. */
  read(name: string): Promise<string | undefined>;
  /** `undefined` removes it. Returns when it is safely on the disk. */
  write(name: string, value: string | undefined): Promise<void>;
  /** The names alone; needs no key. */
  names(): Promise<readonly string[]>;
}

interface SecretStoreOptions {
  /** Where `secret.key` and `secrets.json` lie. */
  readonly folder: string;
  /** None if absent. */
  readonly wrapper?: DataKeyWrapper;
}

/** Makes the key with the first secret. Writes are done one after the other. */
export function createSecretStore({
  folder,
  wrapper = unwrapped,
}: SecretStoreOptions): SecretStore {
  const keyFile = join(folder, 'secret.key');
  const secretsFile = join(folder, 'secrets.json');
  let key: Promise<Uint8Array> | undefined;
  let writing: Promise<unknown> = Promise.resolve();

  async function dataKey(mayMake: boolean): Promise<Uint8Array> {
    key ??= readKey(keyFile, wrapper).then(
      async (found) => found ?? (mayMake ? makeKey(keyFile, wrapper) : keyIsMissing(keyFile)),
    );
    try {
      return await key;
    } catch (error) {
      key = undefined;
      throw error;
    }
  }

  async function change(name: string, value: string | undefined): Promise<void> {
    const sealed = await readSealed(secretsFile);
    if (value === undefined) {
      if (!sealed.delete(name)) return;
    } else {
      // A new key would make what is there unreadable for good.
      sealed.set(name, seal(name, value, await dataKey(sealed.size === 0)));
    }
    await writePrivately(secretsFile, JSON.stringify(Object.fromEntries(sealed), undefined, 2));
  }

  return {
    async read(name) {
      await writing;
      const sealed = (await readSealed(secretsFile)).get(name);
      if (sealed === undefined) return undefined;
      return unseal(name, sealed, await dataKey(false), secretsFile);
    },
    write(name, value) {
      const done = writing.then(() => change(name, value));
      // The next one waits for this one's end, whatever that is.
      writing = done.catch(() => {});
      return done;
    },
    async names() {
      await writing;
      return [...(await readSealed(secretsFile)).keys()];
    },
  };
}

const cipher = 'aes-256-gcm';
const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;

/** Nonce, tag and cipher text in one. The name is bound to it: values cannot be exchanged. */
function seal(name: string, value: string, key: Uint8Array): string {
  const nonce = randomBytes(nonceBytes);
  const sealing = createCipheriv(cipher, key, nonce).setAAD(Buffer.from(name));
  const text = Buffer.concat([sealing.update(value, 'utf8'), sealing.final()]);
  return Buffer.concat([nonce, sealing.getAuthTag(), text]).toString('base64');
}

function unseal(name: string, sealed: string, key: Uint8Array, file: string): string {
  const bytes = Buffer.from(sealed, 'base64');
  const nonce = bytes.subarray(0, nonceBytes);
  const tag = bytes.subarray(nonceBytes, nonceBytes + tagBytes);
  try {
    const opening = createDecipheriv(cipher, key, nonce, { authTagLength: tagBytes })
      .setAAD(Buffer.from(name))
      .setAuthTag(tag);
    const text = opening.update(bytes.subarray(nonceBytes + tagBytes));
    return Buffer.concat([text, opening.final()]).toString('utf8');
  } catch (cause) {
    throw new MillpondError(
      'unavailable',
      `The secret '${name}' in ${file} cannot be read: it was changed or belongs to another key; enter it again`,
      { cause },
    );
  }
}

interface KeyLine {
  readonly wrapper: string;
  readonly key: string;
}

async function readKey(file: string, wrapper: DataKeyWrapper): Promise<Uint8Array | undefined> {
  const text = await readIfThere(file);
  if (text === undefined) return undefined;
  const line = parseKeyLine(text);
  if (line === undefined) throw damaged(file, 'is damaged');
  const opener = [unwrapped, wrapper].find(({ name }) => name === line.wrapper);
  if (opener === undefined) {
    throw damaged(file, `is locked with '${line.wrapper}', which is not available here`);
  }
  let key: Uint8Array;
  try {
    key = await opener.unwrap(Buffer.from(line.key, 'base64'));
  } catch (cause) {
    throw damaged(file, 'cannot be unlocked', cause);
  }
  if (key.byteLength !== keyBytes) throw damaged(file, 'is damaged');
  // A key that was made before there was a wrapper is wrapped now.
  if (opener.name === wrapper.name) await chmod(file, 0o600);
  else await writeKey(file, key, wrapper);
  return key;
}

async function makeKey(file: string, wrapper: DataKeyWrapper): Promise<Uint8Array> {
  const key = randomBytes(keyBytes);
  await writeKey(file, key, wrapper);
  return key;
}

async function writeKey(file: string, key: Uint8Array, wrapper: DataKeyWrapper): Promise<void> {
  const wrapped = Buffer.from(await wrapper.wrap(key)).toString('base64');
  const line: KeyLine = { wrapper: wrapper.name, key: wrapped };
  await writePrivately(file, JSON.stringify(line));
}

function keyIsMissing(file: string): never {
  throw damaged(file, 'is missing');
}

function damaged(file: string, what: string, cause?: unknown): MillpondError {
  return new MillpondError(
    'unavailable',
    `The key of your stored secrets, ${file}, ${what}; put it back from a backup, or delete secrets.json beside it and enter your keys again`,
    { ...(cause !== undefined && { cause }), reason: 'secret-key' },
  );
}

function parseKeyLine(text: string): KeyLine | undefined {
  const line = parseStrings(text);
  const wrapper = line?.get('wrapper');
  const key = line?.get('key');
  return wrapper === undefined || key === undefined ? undefined : { wrapper, key };
}

async function readSealed(file: string): Promise<Map<string, string>> {
  const text = await readIfThere(file);
  if (text === undefined) return new Map();
  const sealed = parseStrings(text);
  if (sealed !== undefined) return sealed;
  throw new MillpondError(
    'unavailable',
    `${file} is damaged; put it back from a backup, or delete it and enter your keys again`,
  );
}

/** A JSON object of strings; undefined for anything else. */
function parseStrings(text: string): Map<string, string> | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined; // The caller says which file it is.
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const found = new Map<string, string>();
  for (const [name, each] of Object.entries(value)) {
    if (typeof each !== 'string') return undefined;
    found.set(name, each);
  }
  return found;
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (fileErrorCode(error) === 'ENOENT') return undefined;
    throw explainFileError(error, 'read', file);
  }
}

async function writePrivately(file: string, text: string): Promise<void> {
  await mkdir(join(file, '..'), { recursive: true, mode: 0o700 });
  await writeFileAtomic(file, `${text}\n`, { mode: 0o600 });
}
