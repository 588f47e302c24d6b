import { type FileHandle, open, rm, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import type { HttpClient } from '../../core/http.ts';
import { explainFileError } from '../../platform/file-error.ts';
import { acquireInstanceLock } from '../../platform/instance-lock.ts';
import type { FileHasher } from '../hashing/file-hasher.ts';
import type { FileSegment } from '../hashing/hash-protocol.ts';
import type { DamagedFile, FileRepairer } from '../ports.ts';
import { Bandwidth } from './bandwidth.ts';
import type { Span } from './block-map.ts';
import { freeBytesAt } from './disk-space.ts';
import { FileSource } from './file-source.ts';
import { FileChanged } from './passing-failure.ts';
import type { DownloadLog, FileLocator } from './ports.ts';
import { readRange } from './read-range.ts';
import type { TransferEnvironment } from './transfer-environment.ts';
import { standardTuning, type TransferTuning } from './tuning.ts';

export interface FileRepairerDeps {
  readonly http: HttpClient;
  readonly locator: FileLocator;
  readonly hasher: FileHasher;
  readonly clock: Clock;
  readonly log: DownloadLog;
  readonly random?: () => number;
  readonly tuning?: TransferTuning;
}

type Options = Parameters<FileRepairer['repair']>[1];

/**
 * Mends finished files. What is fetched goes to a file beside first; the two together are proved
 * against the digest; only then are the bytes put in place. So a crash at any moment leaves the file
 * as it was, or with more right bytes than before.
 */
export function createFileRepairer(deps: FileRepairerDeps): FileRepairer {
  const { random = Math.random, tuning = standardTuning } = deps;
  const environment: TransferEnvironment = {
    ...deps,
    ...{ random, tuning },
    bandwidth: new Bandwidth(deps.clock, () => 0),
    freeBytes: freeBytesAt,
  };
  return { repair: (file, options) => repairInPlace(file, environment, options) };
}

async function repairInPlace(
  file: DamagedFile,
  environment: TransferEnvironment,
  options: Options,
): Promise<void> {
  const lockFile = `${file.path}.repair.lock`;
  await requireSize(file);
  const lock = acquireInstanceLock(lockFile);
  if (lock === undefined) {
    const name = basename(file.path);
    throw new MillpondError('conflict', `${name} is being repaired already; wait until it is done`);
  }
  const sidePath = `${file.path}.repair`;
  try {
    const spans = spansOf(file, environment.tuning.blockBytes);
    await fetchAll(spans, { file, sidePath, environment }, options);
    await prove(file, { spans, sidePath, hasher: environment.hasher }, options.signal);
    await apply(file, spans, sidePath);
  } finally {
    await rm(sidePath, { force: true });
    lock.discard();
  }
}

async function requireSize({ path, sizeBytes }: DamagedFile): Promise<void> {
  const found = await stat(path).catch((error: unknown) => {
    throw explainFileError(error, 'repair', path);
  });
  if (found.size === sizeBytes) return;
  throw new MillpondError(
    'conflict',
    `${basename(path)} is not as long as it should be and cannot be repaired; delete it and download it again`,
  );
}

/** The bad ranges in order, none longer than a block, none touching another. */
function spansOf({ badRanges, sizeBytes }: DamagedFile, blockBytes: number): readonly Span[] {
  const spans: Span[] = [];
  let done = 0;
  for (const range of badRanges.toSorted((a, b) => a.start - b.start)) {
    const end = Math.min(range.end, sizeBytes);
    for (let start = Math.max(range.start, done); start < end; start += blockBytes) {
      spans.push({ start, end: Math.min(end, start + blockBytes) });
    }
    done = Math.max(done, end);
  }
  return spans;
}

async function fetchAll(
  spans: readonly Span[],
  around: {
    readonly file: DamagedFile;
    readonly sidePath: string;
    readonly environment: TransferEnvironment;
  },
  { onProgress, signal }: Options,
): Promise<void> {
  const { environment, file, sidePath } = around;
  const source = new FileSource(environment, file);
  const side = await openToWrite(sidePath, 'w');
  let doneBytes = 0;
  try {
    for (const span of spans) {
      const bytes = await readRange(span, source, environment, signal);
      await writeAt(side, bytes, { path: sidePath, position: span.start });
      doneBytes += bytes.length;
      onProgress?.(doneBytes);
    }
  } catch (error) {
    throw error instanceof FileChanged ? notTheSame(file) : error;
  } finally {
    await side.close();
  }
}

async function prove(
  file: DamagedFile,
  { hasher, sidePath, spans }: { spans: readonly Span[]; sidePath: string; hasher: FileHasher },
  signal: AbortSignal,
): Promise<void> {
  const segments: FileSegment[] = [];
  let position = 0;
  for (const { start, end } of spans) {
    segments.push({ path: file.path, start: position, end: start });
    segments.push({ path: sidePath, start, end });
    position = end;
  }
  segments.push({ path: file.path, start: position, end: file.sizeBytes });
  const digest = await hasher.digestSegments(segments, { signal });
  if (digest !== file.sha256) throw notTheSame(file);
}

/** The bytes are right by now: writing them can only make the file better. */
async function apply(
  { path }: DamagedFile,
  spans: readonly Span[],
  sidePath: string,
): Promise<void> {
  const side = await open(sidePath, 'r');
  try {
    const target = await openToWrite(path, 'r+');
    try {
      for (const { start, end } of spans) {
        const bytes = new Uint8Array(end - start);
        await side.read(bytes, 0, bytes.length, start);
        await writeAt(target, bytes, { path, position: start });
      }
      await target.sync();
    } finally {
      await target.close();
    }
  } finally {
    await side.close();
  }
}

async function openToWrite(path: string, flags: 'w' | 'r+'): Promise<FileHandle> {
  try {
    return await open(path, flags);
  } catch (error) {
    throw explainFileError(error, 'write', path);
  }
}

async function writeAt(
  file: FileHandle,
  bytes: Uint8Array,
  at: { readonly path: string; readonly position: number },
): Promise<void> {
  try {
    await file.writev([bytes], at.position);
  } catch (error) {
    throw explainFileError(error, 'write', at.path);
  }
}

function notTheSame({ address, path }: DamagedFile): MillpondError {
  return new MillpondError(
    'conflict',
    `${basename(path)} cannot be repaired: with the bytes that the hub gives for ${address.repo} it is still not what it should be; delete it and download it again`,
  );
}
