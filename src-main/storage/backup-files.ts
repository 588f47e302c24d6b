import { DatabaseSync } from 'node:sqlite';

/** A small file that belongs to the database: settings, secrets, their key. */
export interface BackedUpFile {
  readonly name: string;
  readonly content: Uint8Array;
}

/** Puts files into a copy of the database, in a table of their own. */
export function addFiles(copy: string, files: readonly BackedUpFile[]): void {
  const database = new DatabaseSync(copy);
  try {
    database.exec(
      'create table backup_files (name text primary key, content blob not null) strict',
    );
    const insert = database.prepare('insert into backup_files values (?, ?)');
    for (const { name, content } of files) insert.run(name, content);
  } finally {
    database.close();
  }
}
