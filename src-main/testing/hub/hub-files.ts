import { createHash, type Hash } from 'node:crypto';
import { closeSync, openSync, readSync, statSync } from 'node:fs';

/** One repository of the test hub at one commit. */
export interface HubRepoFixture {
  /** `org/name`. */
  readonly repo: string;
  readonly commit: string;
  /** Only tokens that the hub was told about may read it; everybody may see that it exists. */
  readonly isGated?: boolean;
  /** Others do not even learn that it exists. */
  readonly isPrivate?: boolean;
  /** Content by path inside the repository: bytes, or the path of a file on the disk. */
  readonly files: ReadonlyMap<string, Uint8Array | string>;
}

/** A file with what the Hub says about it. */
export interface HubFileFixture {
  readonly path: string;
  readonly content: Uint8Array | string;
  readonly sizeBytes: number;
  readonly sha256: string;
  /** What git calls its content: the ETag of files outside LFS. */
  readonly gitSha1: string;
  /** Kept in LFS, so a download is redirected to the other host. */
  readonly isLfs: boolean;
}

const readBytes = 1024 * 1024;
const largestInGitBytes = 10 * 1024 * 1024;

export function describeFile(path: string, content: Uint8Array | string): HubFileFixture {
  const sizeBytes = typeof content === 'string' ? statSync(content).size : content.length;
  const blob = createHash('sha1').update(`blob ${sizeBytes}\0`);
  return {
    path,
    content,
    sizeBytes,
    sha256: digestOf(createHash('sha256'), content),
    gitSha1: digestOf(blob, content),
    isLfs: /\.(gguf|safetensors|bin|npz)$/.test(path) || sizeBytes > largestInGitBytes,
  };
}

function digestOf(hash: Hash, content: Uint8Array | string): string {
  if (typeof content !== 'string') return hash.update(content).digest('hex');
  const file = openSync(content, 'r');
  try {
    const buffer = new Uint8Array(readBytes);
    for (;;) {
      const count = readSync(file, buffer);
      if (count === 0) return hash.digest('hex');
      hash.update(buffer.subarray(0, count));
    }
  } finally {
    closeSync(file);
  }
}
