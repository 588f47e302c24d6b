import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { type ErrorCode, errorTable } from '../../core/error.ts';
import { writeFileAtomic } from '../../platform/atomic-file.ts';
import { explainFileError } from '../../platform/file-error.ts';
import type { DownloadLog } from './ports.ts';

const size = z.int().min(0);
const errorCode = z.custom<ErrorCode>(
  (value) => typeof value === 'string' && Object.hasOwn(errorTable, value),
);

const finishedFile = z.object({
  path: z.string(),
  repoPath: z.string(),
  sizeBytes: size,
  sha256: z.string(),
  blockBytes: z.int().min(1),
  checks: z.array(z.string()).readonly(),
});

const downloadRecord = z.object({
  version: z.literal(1),
  id: z.uuid(),
  /** Smaller runs earlier. */
  rank: z.number(),
  /** What should happen to it; a running one is `queued`, so that it goes on after a crash. */
  state: z.enum(['queued', 'paused', 'failed', 'done']),
  request: z.object({
    repo: z.string(),
    commit: z.string(),
    variant: z.string(),
    licence: z.string().exactOptional(),
    name: z.string(),
    folder: z.string(),
    files: z.array(
      z.object({
        path: z.string(),
        sizeBytes: size,
        sha256: z.string().exactOptional(),
        gitSha1: z.string().exactOptional(),
      }),
    ),
  }),
  endpoint: z.string(),
  createdAt: z.number(),
  repairedBytes: size,
  /** Files in their place, by their path in the repository. */
  finished: z.record(z.string(), finishedFile),
  /** Those of them that were there before: not ours to delete. */
  foundBefore: z.array(z.string()),
  /** Its folder was made: if it is missing later, a disk is. */
  hasBegun: z.boolean(),
  error: z
    .object({
      code: errorCode,
      message: z.string(),
      param: z.string().exactOptional(),
      reason: z.string().exactOptional(),
      retryAfterMs: z.number().exactOptional(),
    })
    .exactOptional(),
  modelId: z.string().exactOptional(),
});

/** A download at rest: one JSON file each, so that it survives whatever happens to the program. */
export type DownloadRecord = z.infer<typeof downloadRecord>;

export class JobStore {
  private readonly folder: string;
  private readonly log: DownloadLog;
  /** Saves of one download follow each other. */
  private readonly saving = new Map<string, Promise<void>>();

  constructor(folder: string, log: DownloadLog) {
    this.folder = folder;
    this.log = log;
  }

  /** Everything that can be read; what cannot is left where it is and named in the log. */
  async load(): Promise<readonly DownloadRecord[]> {
    try {
      await mkdir(this.folder, { recursive: true });
    } catch (error) {
      throw explainFileError(error, 'write to', this.folder);
    }
    const names = (await readdir(this.folder)).filter((name) => name.endsWith('.json'));
    const records = await Promise.all(names.map((name) => this.read(name)));
    return records.filter((record) => record !== undefined).toSorted((a, b) => a.rank - b.rank);
  }

  save(record: DownloadRecord): Promise<void> {
    return this.afterOthers(record.id, () =>
      writeFileAtomic(this.fileOf(record.id), JSON.stringify(record)),
    );
  }

  remove(id: string): Promise<void> {
    const file = this.fileOf(id);
    return this.afterOthers(id, () =>
      rm(file, { force: true }).catch((error: unknown) => {
        throw explainFileError(error, 'delete', file);
      }),
    );
  }

  private async afterOthers(id: string, work: () => Promise<void>): Promise<void> {
    const before = this.saving.get(id) ?? Promise.resolve();
    const mine = before.catch(() => {}).then(work);
    this.saving.set(id, mine);
    try {
      await mine;
    } finally {
      if (this.saving.get(id) === mine) this.saving.delete(id);
    }
  }

  private async read(name: string): Promise<DownloadRecord | undefined> {
    try {
      const text = await readFile(join(this.folder, name), 'utf8');
      return downloadRecord.parse(JSON.parse(text));
    } catch (error) {
      this.log.warn({ name, err: error }, 'a download record cannot be read');
      return undefined;
    }
  }

  private fileOf(id: string): string {
    return join(this.folder, `${id}.json`);
  }
}
