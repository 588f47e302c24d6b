import { existsSync } from 'node:fs';
import { rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { MillpondError } from '../../core/error.ts';
import { explainFileError } from '../../platform/file-error.ts';
import { makeFolder } from '../../platform/make-folder.ts';
import { requireSpace } from './disk-space.ts';
import type { DownloadFile, FinishedFile } from './download.ts';
import { FileDownload, identityOf } from './file-download.ts';
import type { DownloadRecord } from './job-store.ts';
import { readPartProgress, removePart } from './part-file.ts';
import type { TransferEnvironment } from './transfer-environment.ts';

interface DownloadRunOptions {
  readonly environment: TransferEnvironment;
  /** Keeps what was achieved, durably. */
  readonly onAchieved: (change: Partial<DownloadRecord>) => Promise<void>;
  readonly onArrived: (bytes: number) => void;
}

/** Where a file of a download ends up. */
export function targetOf({ request }: DownloadRecord, file: DownloadFile): string {
  return join(request.folder, ...file.path.split('/'));
}

/** Fetches the files of one download, one after the other. */
export class DownloadRun {
  private readonly options: DownloadRunOptions;
  private readonly record: DownloadRecord;
  private current: FileDownload | undefined;
  private lastEndpoint: string | undefined;
  private readonly finished: Record<string, FinishedFile>;
  private foundBefore: readonly string[];
  private repairedBefore: number;
  /** Of files that are neither finished nor under way. */
  private readonly partial = new Map<string, number>();

  constructor(record: DownloadRecord, options: DownloadRunOptions) {
    this.record = record;
    this.options = options;
    this.finished = { ...record.finished };
    this.foundBefore = record.foundBefore;
    this.repairedBefore = record.repairedBytes;
  }

  get doneBytes(): number {
    const finished = Object.values(this.finished).map(({ sizeBytes }) => sizeBytes);
    const all = [...finished, ...this.partial.values(), this.current?.doneBytes ?? 0];
    return all.reduce((sum, bytes) => sum + bytes, 0);
  }

  get doneFiles(): number {
    return Object.keys(this.finished).length;
  }

  get repairedBytes(): number {
    return this.repairedBefore + (this.current?.repairedBytes ?? 0);
  }

  get isVerifying(): boolean {
    return this.current?.isVerifying ?? false;
  }

  /** The host that was asked last; undefined before. */
  get endpoint(): string | undefined {
    return this.current?.endpoint ?? this.lastEndpoint;
  }

  /** Resolves with every file in its place, in the request's order. */
  async run(signal: AbortSignal): Promise<readonly FinishedFile[]> {
    const { request } = this.record;
    await this.forgetMissing();
    await this.prepareFolder();
    for (const file of request.files) {
      if (this.finished[file.path] === undefined) await this.fetch(file, signal);
    }
    return request.files.flatMap(({ path }) => this.finished[path] ?? []);
  }

  private async fetch(file: DownloadFile, signal: AbortSignal): Promise<void> {
    const { environment, onAchieved, onArrived } = this.options;
    const { repo, commit } = this.record.request;
    const target = targetOf(this.record, file);
    const wasThere = existsSync(target);
    const address = { repo, commit, path: file.path };
    this.partial.delete(file.path);
    this.current = new FileDownload({ address, file, target, environment, onArrived });
    try {
      const finished = await this.current.run(signal);
      if (wasThere) this.foundBefore = [...this.foundBefore, file.path];
      this.finished[file.path] = finished;
    } finally {
      this.lastEndpoint = this.endpoint;
      this.repairedBefore += this.current.repairedBytes;
      if (this.finished[file.path] === undefined) {
        this.partial.set(file.path, this.current.doneBytes);
      }
      this.current = undefined;
    }
    await onAchieved({
      finished: { ...this.finished },
      foundBefore: [...this.foundBefore],
      repairedBytes: this.repairedBefore,
    });
  }

  /** Somebody may have deleted or changed a file that had arrived. */
  private async forgetMissing(): Promise<void> {
    for (const file of this.record.request.files) {
      const known = this.finished[file.path];
      if (known === undefined) {
        this.partial.set(
          file.path,
          await partialBytes(this.record, file, this.options.environment),
        );
        continue;
      }
      const found = await stat(known.path).catch(() => undefined);
      if (found?.size !== known.sizeBytes) Reflect.deleteProperty(this.finished, file.path);
    }
  }

  private async prepareFolder(): Promise<void> {
    const { environment, onAchieved } = this.options;
    const { hasBegun, request } = this.record;
    if (hasBegun && !existsSync(request.folder)) {
      throw new MillpondError(
        'unavailable',
        `${request.folder} is not there any more; connect its disk, then resume, or cancel the download`,
      );
    }
    const totalBytes = request.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    const missingBytes = totalBytes - this.doneBytes;
    if (missingBytes > 0) {
      requireSpace(
        { name: request.name, missingBytes },
        await environment.freeBytes(request.folder),
      );
    }
    await makeFolder(request.folder);
    if (!hasBegun) await onAchieved({ hasBegun: true });
  }
}

/** How much of a download is on this disk, when it is not running. */
export async function countDoneBytes(
  record: DownloadRecord,
  environment: TransferEnvironment,
): Promise<number> {
  let bytes = 0;
  for (const file of record.request.files) {
    const finished = record.finished[file.path];
    bytes += finished?.sizeBytes ?? (await partialBytes(record, file, environment));
  }
  return bytes;
}

/** Deletes what a download has brought, and the folders it leaves empty. Rejects with one sentence. */
export async function deleteArrived(record: DownloadRecord): Promise<void> {
  for (const file of record.request.files) {
    const target = targetOf(record, file);
    await removePart(target);
    const isOurs = record.finished[file.path] !== undefined;
    if (isOurs && !record.foundBefore.includes(file.path)) await removeFile(target);
    await removeEmpty(dirname(target), record.request.folder);
  }
}

async function removeFile(path: string): Promise<void> {
  try {
    await rm(path, { force: true });
  } catch (error) {
    throw explainFileError(error, 'delete', path);
  }
}

async function removeEmpty(folder: string, top: string): Promise<void> {
  let current = folder;
  while (current.startsWith(top)) {
    try {
      await rmdir(current);
    } catch {
      return; // not empty, or gone already: nothing of ours
    }
    current = dirname(current);
  }
}

function partialBytes(
  record: DownloadRecord,
  file: DownloadFile,
  { tuning }: TransferEnvironment,
): Promise<number> {
  const { repo, commit } = record.request;
  const address = { repo, commit, path: file.path };
  return readPartProgress(targetOf(record, file), identityOf(address, file, tuning.blockBytes));
}
