import { stat } from 'node:fs/promises';
import { sql } from 'kysely';
import { MillpondError } from '../core/error.ts';
import type { Database } from './open-database.ts';

/** Whether the file of an open database is still the one that was opened. */
export interface FileWatch {
  /**
   * Rejects with `unavailable` once the file was deleted or replaced: what is written to an open file
   * that has lost its name is gone with the process.
   */
  check(): Promise<void>;
}

export function createFileWatch(database: Database): FileWatch {
  let opened: Promise<{ readonly path: string; readonly identity: string | undefined }> | undefined;
  const open = async () => {
    const { rows } = await sql<{
      file: string;
    }>`select file from pragma_database_list where name = 'main'`.execute(database);
    const path = rows[0]?.file ?? '';
    return { path, identity: await identityOf(path) };
  };
  return {
    async check() {
      opened ??= open();
      const { path, identity } = await opened;
      if (path === '' || identity === undefined) return;
      if ((await identityOf(path)) === identity) return;
      throw new MillpondError(
        'unavailable',
        `The database ${path} was deleted or replaced while Millpond runs; put it back or restart Millpond`,
      );
    },
  };
}

async function identityOf(path: string): Promise<string | undefined> {
  try {
    const { dev, ino } = await stat(path, { bigint: true });
    return `${dev.toString()}:${ino.toString()}`;
  } catch {
    return undefined; // it is not there
  }
}
