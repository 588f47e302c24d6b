import { readFile } from 'node:fs/promises';
import type { z } from 'zod';
import { writeFileAtomic } from '../platform/atomic-file.ts';
import { fileErrorCode } from '../platform/file-error.ts';
import type { LibraryLog } from './ports.ts';

/**
 * A small document of ours at rest. Written whole and in one step, one write after the other; a
 * damaged one is reported and begun anew.
 */
export class JsonFile<T> {
  private readonly path: string;
  private readonly schema: z.ZodType<T>;
  private readonly logger: LibraryLog;
  private writing: Promise<void> = Promise.resolve();

  constructor(path: string, schema: z.ZodType<T>, logger: LibraryLog) {
    this.path = path;
    this.schema = schema;
    this.logger = logger;
  }

  /** Undefined when there is none yet, or none that can be read. */
  async read(): Promise<T | undefined> {
    try {
      return this.schema.parse(JSON.parse(await readFile(this.path, 'utf8')));
    } catch (error) {
      if (fileErrorCode(error) !== 'ENOENT') {
        this.logger.warn({ path: this.path }, 'document not readable, begun anew');
      }
      return undefined;
    }
  }

  /** Rejects with one sentence; the content before stays. */
  write(content: T): Promise<void> {
    const text = JSON.stringify(content);
    const writing = this.writing.then(() => writeFileAtomic(this.path, text));
    this.writing = writing.catch(() => {}); // The caller hears of it; the next write may do better.
    return writing;
  }
}
