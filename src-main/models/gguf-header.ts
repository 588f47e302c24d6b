import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { explainFileError } from '../platform/file-error.ts';

const magic = 'GGUF';
/** Magic, version, tensor count and metadata count. */
const headerBytes = 24;
const oldestVersion = 2;
const newestVersion = 3;

/**
 * A first look at a file: why it cannot be a model, in one sentence, or undefined. Reads 24 bytes;
 * what lies behind them is the engine's probe to judge. `name` is what the sentence calls the file.
 */
export async function findHeaderProblem(
  path: string,
  name = basename(path),
): Promise<string | undefined> {
  let header: Buffer;
  try {
    header = await readStart(path, headerBytes);
  } catch (error) {
    return explainFileError(error, 'read', path).message;
  }
  if (header.length === 0) return `${name} is empty; download it again`;
  if (header.toString('latin1', 0, 4) !== magic) {
    return `${name} is not a GGUF file; it may be an error page that was saved under this name`;
  }
  if (header.length < headerBytes) return `${name} is cut off; download it again`;
  return findVersionProblem(name, header);
}

function findVersionProblem(name: string, header: Buffer): string | undefined {
  const version = header.readUInt32LE(4);
  if (version >= oldestVersion && version <= newestVersion) return undefined;
  const isBigEndian = header.readUInt32BE(4) <= newestVersion;
  if (isBigEndian) return `${name} was made for big-endian computers and cannot run here`;
  return version < oldestVersion
    ? `${name} is a GGUF file of an old version (${version}); download a newer one`
    : `${name} is a GGUF file of a newer version (${version}) than this Millpond can read`;
}

async function readStart(path: string, length: number): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
