import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeFileAtomic } from '../../platform/atomic-file.ts';

const cachedAnswer = z.object({
  /** What was asked; a name in the folder is only its hash. */
  key: z.string(),
  endpoint: z.string(),
  /** Epoch milliseconds at which the hub said it, or said that it still holds. */
  at: z.number(),
  etag: z.string().optional(),
  cursor: z.string().optional(),
  body: z.string(),
});

/** One answer as the hub gave it. */
export type CachedAnswer = z.infer<typeof cachedAnswer>;

interface HubCacheOptions {
  readonly folder: string;
  /** All answers together; the ones used longest ago go first. */
  readonly maxBytes?: number;
}

const defaultMaxBytes = 50 * 1024 * 1024;
/** Room is made for several answers at once, so that the folder is not listed for each. */
const writesPerPrune = 20;

/** Answers of hubs on disk. Losing one costs a request, so nothing here ever fails a call. */
export class HubCache {
  private readonly folder: string;
  private readonly maxBytes: number;
  private writes = 0;

  constructor(options: HubCacheOptions) {
    this.folder = options.folder;
    this.maxBytes = options.maxBytes ?? defaultMaxBytes;
  }

  async read(key: string, now: number): Promise<CachedAnswer | undefined> {
    const path = this.pathOf(key);
    try {
      const answer = cachedAnswer.parse(JSON.parse(await readFile(path, 'utf8')));
      if (answer.key !== key) return undefined;
      await utimes(path, now / 1000, now / 1000);
      return answer;
    } catch {
      return undefined; // Not there, or half a file of another version: asked again.
    }
  }

  async write(answer: CachedAnswer): Promise<void> {
    try {
      await mkdir(this.folder, { recursive: true });
      const path = this.pathOf(answer.key);
      await writeFileAtomic(path, JSON.stringify(answer));
      await utimes(path, answer.at / 1000, answer.at / 1000);
      if (this.writes++ % writesPerPrune === 0) await this.prune();
    } catch {
      // A full or read-only disk: the answer is used once and not remembered.
    }
  }

  private pathOf(key: string): string {
    return join(this.folder, `${createHash('sha256').update(key).digest('hex')}.json`);
  }

  private async prune(): Promise<void> {
    const paths = (await readdir(this.folder)).map((name) => join(this.folder, name));
    const files = await Promise.all(
      paths.map(async (path) => ({ path, ...(await sizeAndTime(path)) })),
    );
    let total = 0;
    for (const file of files.toSorted((a, b) => b.usedMs - a.usedMs)) {
      total += file.sizeBytes;
      if (total > this.maxBytes) await rm(file.path, { force: true });
    }
  }
}

async function sizeAndTime(path: string): Promise<{ sizeBytes: number; usedMs: number }> {
  try {
    const { size, mtimeMs } = await stat(path);
    return { sizeBytes: size, usedMs: mtimeMs };
  } catch {
    return { sizeBytes: 0, usedMs: 0 }; // Gone since the folder was listed.
  }
}
