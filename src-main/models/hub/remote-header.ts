import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat, utimes, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import type { HttpResponse } from '../../core/http.ts';
import { explainFileError } from '../../platform/file-error.ts';
import { GgufExtentReader, maxHeaderBytes, type GgufExtent } from '../gguf-extent.ts';
import { errorOfAnswer, hubUnreachable, translateFailure } from './hub-errors.ts';
import type { HubFileAddress, HubVariant } from './hub-repo.ts';
import {
  discard,
  headerOf,
  questionOf,
  timeLimit,
  type HubConnection,
  type HubRequests,
} from './hub-requests.ts';

/** The beginning of one file of a model, on this disk. */
export interface HeaderPart {
  /** A file that holds exactly the header; named as the whole one is. */
  readonly path: string;
  readonly headerBytes: number;
  /** Of the file that the header belongs to. */
  readonly totalBytes: number;
}

/** What a probe needs to judge a model that is not here: the header of each of its parts, in order. */
export interface RemoteHeader {
  readonly parts: readonly HeaderPart[];
}

interface RemoteHeadersDeps {
  readonly requests: HubRequests;
  readonly clock: Clock;
  readonly folder: string;
  /** The address in force: what another one has under the same name may be another file. */
  readonly endpoint: () => string;
  /** Rejects when the hub may not be asked. */
  readonly connect: () => Promise<HubConnection>;
  /** All headers together; the ones used longest ago go first. */
  readonly maxBytes?: number;
}

/** Where a header is kept, and whose it is. */
interface HeaderTarget {
  readonly endpoint: string;
  readonly path: string;
  readonly totalBytes: number;
}

const firstRangeBytes = 1024 * 1024;
const rangeTimeLimitMs = 30_000;
const retries = 2;
const retryPauseMs = 500;
const defaultMaxBytes = 500 * 1024 * 1024;

/** Fetches just the headers of GGUF files that lie on the hub, and keeps them. */
export class RemoteHeaders {
  private readonly deps: RemoteHeadersDeps;
  /** Fetches under way, by the file they write. */
  private readonly underWay = new Map<string, Promise<void>>();

  constructor(deps: RemoteHeadersDeps) {
    this.deps = deps;
  }

  /** Rejects with `unsupported-capability` for MLX, which has no such header. */
  async fetch(
    repo: { readonly repo: string; readonly commit: string },
    variant: HubVariant,
    signal: AbortSignal,
  ): Promise<RemoteHeader> {
    if (variant.format !== 'gguf') {
      throw new MillpondError('unsupported-capability', 'Only GGUF files have a header to read');
    }
    const endpoint = this.deps.endpoint();
    const folder = join(this.deps.folder, folderName(endpoint, repo, variant));
    const parts: HeaderPart[] = [];
    for (const file of variant.files) {
      const path = join(folder, file.path.slice(file.path.lastIndexOf('/') + 1));
      const address = { repo: repo.repo, commit: repo.commit, path: file.path };
      await this.ensure(address, { endpoint, path, totalBytes: file.sizeBytes }, signal);
      const { size } = await stat(path);
      parts.push({ path, headerBytes: size, totalBytes: file.sizeBytes });
    }
    const now = this.deps.clock.now() / 1000;
    await utimes(folder, now, now);
    return { parts };
  }

  /** One fetch a file, however many ask for it; one that was aborted is begun anew by the next. */
  private async ensure(
    address: HubFileAddress,
    target: HeaderTarget,
    signal: AbortSignal,
  ): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      if (await exists(target.path)) return;
      const running = this.underWay.get(target.path);
      if (running === undefined) break;
      await running.catch(() => undefined);
    }
    const fetching = this.fetchFile(address, target, signal);
    this.underWay.set(target.path, fetching);
    try {
      await fetching;
    } finally {
      this.underWay.delete(target.path);
    }
  }

  private async fetchFile(
    address: HubFileAddress,
    target: HeaderTarget,
    signal: AbortSignal,
  ): Promise<void> {
    const connection = await this.deps.connect();
    if (connection.endpoint !== target.endpoint) throw movedOn();
    // Of this fetch alone: another process may be fetching the very same.
    const temporary = `${target.path}.${randomBytes(6).toString('hex')}.tmp`;
    try {
      await mkdir(dirname(target.path), { recursive: true });
      await this.prune(dirname(target.path));
      const file = await open(temporary, 'w');
      try {
        const headerBytes = await this.readHeader(connection, { address, ...target, file }, signal);
        await file.truncate(headerBytes);
      } finally {
        await file.close();
      }
      await rename(temporary, target.path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error instanceof Error && 'syscall' in error && 'path' in error
        ? explainFileError(error, 'write', temporary)
        : error;
    }
  }

  /** Asks for longer and longer beginnings until one holds the header. */
  private async readHeader(
    connection: HubConnection,
    target: HeaderTarget & { readonly address: HubFileAddress; readonly file: FileHandle },
    signal: AbortSignal,
  ): Promise<number> {
    const reader = new GgufExtentReader();
    let known: GgufExtent = { phase: 'reading', needsBytes: 1 };
    let readBytes = 0;
    let failures = 0;
    while (known.phase === 'reading') {
      if (known.needsBytes > target.totalBytes || readBytes >= target.totalBytes) {
        throw cutOff(target.address);
      }
      const wanted = Math.max(known.needsBytes, readBytes * 2, firstRangeBytes);
      const range = { start: readBytes, end: Math.min(wanted, target.totalBytes, maxHeaderBytes) };
      try {
        for await (const bytes of this.readRange(connection, target.address, range, signal)) {
          await target.file.write(bytes, 0, bytes.length, readBytes);
          readBytes += bytes.length;
          known = reader.push(bytes);
          if (known.phase === 'complete') break;
        }
      } catch (error) {
        // What arrived before the connection broke stays; it goes on from there.
        const isBroken = error instanceof MillpondError && error.reason === 'hub-unreachable';
        if (!isBroken || ++failures > retries) throw error;
        await this.deps.clock.sleep(retryPauseMs, signal);
      }
    }
    return known.headerBytes;
  }

  /** The bytes from `start` to `end`, also from a server that sends the whole file. */
  private async *readRange(
    connection: HubConnection,
    address: HubFileAddress,
    range: { readonly start: number; readonly end: number },
    signal: AbortSignal,
  ): AsyncGenerator<Uint8Array> {
    using limit = timeLimit(this.deps.clock, rangeTimeLimitMs);
    const { start, end } = range;
    try {
      const response = await this.deps.requests.open(connection, resolvePath(address), {
        headers: { range: `bytes=${start}-${end - 1}` },
        signal: AbortSignal.any([signal, limit.signal]),
      });
      let position = await beginningOf(response, connection, { address, start });
      for await (const bytes of response.body) {
        const from = Math.max(0, start - position);
        const until = Math.min(bytes.length, end - position);
        if (until > from) yield bytes.subarray(from, until);
        position += bytes.length;
        if (position >= end) return;
      }
      throw hubUnreachable(connection.endpoint, { position, end });
    } catch (error) {
      signal.throwIfAborted();
      if (limit.signal.aborted) throw hubUnreachable(connection.endpoint, error);
      throw translateFailure(error, connection.endpoint);
    }
  }

  /** Makes room; the folder that is being filled stays. */
  private async prune(current: string): Promise<void> {
    const { folder, maxBytes = defaultMaxBytes } = this.deps;
    const names = await readdir(folder);
    const models = await Promise.all(names.map((name) => weigh(join(folder, name))));
    let total = 0;
    for (const model of models.toSorted((a, b) => b.usedMs - a.usedMs)) {
      total += model.sizeBytes;
      if (total > maxBytes && model.path !== current) {
        await rm(model.path, { recursive: true, force: true });
      }
    }
  }
}

/** The path below an endpoint that leads to a file's bytes. */
export function resolvePath({ repo, commit, path }: HubFileAddress): string {
  return `/${repo}/resolve/${commit}/${path.split('/').map(encodeURIComponent).join('/')}`;
}

/** Where in the file the body begins. Throws for anything but the file. */
async function beginningOf(
  response: HttpResponse,
  connection: HubConnection,
  asked: { readonly address: HubFileAddress; readonly start: number },
): Promise<number> {
  const { address, start } = asked;
  if (response.status === 200) return 0;
  if (response.status === 206) {
    const range = /^bytes (\d+)-/.exec(headerOf(response, 'content-range') ?? '');
    if (Number(range?.[1]) === start) return start;
    await discard(response);
    throw hubUnreachable(connection.endpoint, { range: headerOf(response, 'content-range') });
  }
  await discard(response);
  throw errorOfAnswer(
    response.status,
    response.headers,
    questionOf(connection, { repo: address.repo, path: address.path, revision: address.commit }),
  );
}

function cutOff({ path }: HubFileAddress): MillpondError {
  return new MillpondError(
    'model-load-failed',
    `${path} is cut off on the hub: its header is longer than the file; choose another one`,
  );
}

function movedOn(): MillpondError {
  return new MillpondError('unavailable', 'The address of the hub was changed; try again');
}

/** Variants that share no file share no folder; a new commit or another hub begins anew. */
function folderName(
  endpoint: string,
  { repo, commit }: { readonly repo: string; readonly commit: string },
  { files }: HubVariant,
): string {
  const identity = [endpoint, repo, commit, files[0]?.path ?? ''].join('\n');
  return createHash('sha256').update(identity).digest('hex').slice(0, 32);
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}

async function weigh(
  path: string,
): Promise<{ readonly path: string; readonly sizeBytes: number; readonly usedMs: number }> {
  try {
    const { mtimeMs } = await stat(path);
    const names = await readdir(path);
    const sizes = await Promise.all(
      names.map(async (name) => (await stat(join(path, name)).catch(() => undefined))?.size ?? 0),
    );
    return { path, sizeBytes: sizes.reduce((sum, size) => sum + size, 0), usedMs: mtimeMs };
  } catch {
    return { path, sizeBytes: 0, usedMs: 0 }; // Taken away meanwhile.
  }
}
