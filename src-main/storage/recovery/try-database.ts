import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { damagedDatabase, databaseError } from '../sqlite-error.ts';

/**
 * Reads every page of a database that nobody has open and asks for the right to write; one that is not there
 * is no fault. Throws `database-damaged` where that is why it fails. Changes nothing; blocks meanwhile.
 */
export function tryDatabase(file: string): void {
  if (!existsSync(file)) return;
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { timeout: 5000 });
    const verdict = database.prepare('pragma quick_check(1)').get()?.['quick_check'];
    if (verdict !== 'ok') throw damagedDatabase(file, verdict);
    database.exec('begin immediate; rollback');
  } catch (error) {
    throw databaseError(error, file);
  } finally {
    database?.close();
  }
}
