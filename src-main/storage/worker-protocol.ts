import type { ErrorBody } from '../core/error.ts';
import type { Recovery } from './recovery/recover-database.ts';

/** What the runtime hands the database worker at its start. */
export interface DatabaseWorkerData {
  readonly file: string;
  /** Backups made before a migration are kept here. */
  readonly backupFolder: string;
  /** Of the program; such backups are named after it. */
  readonly programVersion?: string | undefined;
}

export type SqlValue = string | number | bigint | null | Uint8Array;

/**
 * `read` runs on the reading connection, which sees what was committed; `write` on the writing one,
 * where an open transaction lives.
 */
export type QueryMode = 'read' | 'write';

export type ToDatabaseWorker =
  | {
      readonly type: 'query';
      readonly id: number;
      readonly sql: string;
      readonly params: readonly SqlValue[];
      readonly mode: QueryMode;
    }
  | { readonly type: 'close'; readonly id: number };

export type DatabaseRow = Readonly<Record<string, SqlValue>>;

export type FromDatabaseWorker =
  /** With what became of a damaged database that was set aside. */
  | { readonly type: 'ready'; readonly recovery?: Recovery }
  /** The database could not be opened; the worker ends. */
  | { readonly type: 'refused'; readonly error: ErrorBody }
  | {
      readonly type: 'rows';
      readonly id: number;
      readonly rows: readonly DatabaseRow[];
      readonly changes: number;
    }
  | {
      readonly type: 'failed';
      readonly id: number;
      readonly error: ErrorBody;
      /** SQLite's own words and the statement without its parameters, for the log. */
      readonly detail: string;
    }
  | { readonly type: 'closed'; readonly id: number };
