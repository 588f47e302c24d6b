import { createHash, type Hash } from 'node:crypto';
import { closeSync, openSync, readSync, statSync } from 'node:fs';

/** Content whose digest is declared instead of computed: a lie, or a sparse file of many gigabytes. */
export interface DeclaredContent {
  /** On the disk. */
  readonly path: string;
  readonly sha256: string;
}

/** Bytes, or the path of a file on the disk. */
export type HubContent = Uint8Array | string | DeclaredContent;

/** One repository of the test hub at one commit. */
export interface HubRepoFixture {
  /** `org/name`. */
  readonly repo: string;
  readonly commit: string;
  /** Only tokens that the hub was told about may read it; everybody may see that it exists. */
  readonly isGated?: boolean;
  /** Others do not even learn that it exists. */
  readonly isPrivate?: boolean;
  /** Content by path inside the repository. */
  readonly files: ReadonlyMap<string, HubContent>;
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

export function describeFile(path: string, given: HubContent): HubFileFixture {
  const declared = isDeclared(given) ? given : undefined;
  const content = isDeclared(given) ? given.path : given;
  const sizeBytes = typeof content === 'string' ? statSync(content).size : content.length;
  const blob = createHash('sha1').update(`blob ${sizeBytes}\0`);
  return {
    path,
    content,
    sizeBytes,
    sha256: declared?.sha256 ?? digestOf(createHash('sha256'), content),
    // Nobody asks for it where there is a SHA-256.
    gitSha1: declared === undefined ? digestOf(blob, content) : '',
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

function isDeclared(content: HubContent): content is DeclaredContent {
  return typeof content === 'object' && 'sha256' in content;
}
