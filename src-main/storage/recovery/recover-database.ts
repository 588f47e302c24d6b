import { existsSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { StatementSync } from 'node:sqlite';
import { keepPrivate } from '../../platform/private-file.ts';
import type { Migration } from '../migrations/migration.ts';
import { copyReadable, headerOf, isGarbageWal } from './damaged-file.ts';
import { mendReferences } from './mend-references.ts';
import { countBefore, quoted, readTable } from './readable-rows.ts';
import type { DamagedTable } from './readable-rows.ts';
import { createTables, schemaOf, tablesOf } from './schema-versions.ts';

/** What became of one table. `lost` is undefined where nobody knows how many there were. */
export interface TableOutcome {
  readonly table: string;
  readonly kept: number;
  readonly lost: number | undefined;
}

export interface Recovery {
  /** Where the damaged files lie now. */
  readonly folder: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** Tables that had rows, or that could not be read. */
  readonly tables: readonly TableOutcome[];
  /** What was written last lay in a log that cannot be read. */
  readonly lostLatest: boolean;
}

export interface RecoverOptions {
  readonly file: string;
  readonly backupFolder: string;
  readonly migrations: readonly Migration[];
  readonly now: number;
  /** The words that a search finds a text by. */
  readonly indexText: (text: string) => string;
}

/** In each folder of set-aside files. */
export const outcomeName = 'recovered.json';

/**
 * Sets a damaged database aside and brings everything over that can be read, table by table, into a new
 * one of the same schema. Nothing is changed before the new one is whole; what a crash leaves of that
 * `finishRecovery` puts right. Throws `DatabaseSync`'s own error for a full disk.
 */
export function recoverDatabase(options: RecoverOptions): Recovery {
  const { file, now } = options;
  const fresh = freshName(file);
  const readable = `${file}.readable`;
  removeAll(fresh);
  try {
    // SQLite reads nothing of a file that is shorter than its header says.
    const needsCopy = headerOf(file) !== 'sound' || !opens(file);
    if (needsCopy) copyReadable(file, readable);
    keepPrivate(fresh);
    const tables = bringOver(needsCopy ? readable : file, fresh, options);
    const folder = setAside(options);
    renameSync(fresh, file);
    const lostLatest = isGarbageWal(join(folder, `${basename(file)}-wal`));
    const recovery: Recovery = { folder, at: now, tables, lostLatest };
    writeFileSync(join(folder, outcomeName), JSON.stringify(recovery), { mode: 0o600 });
    return recovery;
  } catch (error) {
    removeAll(fresh);
    throw error;
  } finally {
    removeAll(readable);
  }
}

/** Takes up a recovery that ended between its two renames; does nothing otherwise. */
export function finishRecovery(file: string): void {
  const fresh = freshName(file);
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (existsSync(fresh) && size === 0) renameSync(fresh, file);
}

const freshName = (file: string): string => `${file}.recovered`;

function removeAll(file: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal'])
    rmSync(`${file}${suffix}`, { force: true });
}

export function damagedFolder(backupFolder: string, now: number): string {
  return join(backupFolder, `damaged-${new Date(now).toISOString().replaceAll(/[:.]/g, '-')}`);
}

function setAside({ file, backupFolder, now }: RecoverOptions): string {
  const folder = damagedFolder(backupFolder, now);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // The log first: without its database it stands in nobody's way.
  for (const suffix of ['-wal', '-shm', '']) {
    const source = `${file}${suffix}`;
    if (existsSync(source)) renameSync(source, join(folder, basename(source)));
  }
  return folder;
}

function bringOver(
  source: string,
  target: string,
  { migrations, indexText }: RecoverOptions,
): readonly TableOutcome[] {
  const damaged = openDamaged(source);
  const fresh = new DatabaseSync(target);
  try {
    const version = schemaOf(damaged, migrations);
    fresh.exec('pragma foreign_keys = off');
    createTables(
      fresh,
      migrations.filter((migration) => migration.version <= version),
    );
    fresh.exec('begin');
    const outcomes = tablesOf(fresh).map((table) => copyTable(damaged, fresh, table));
    mendReferences(fresh, indexText);
    fresh.exec('commit');
    fresh.exec(`pragma user_version = ${version.toString()}`);
    return outcomes.filter(({ kept, lost }) => kept > 0 || lost !== 0);
  } finally {
    damaged?.close();
    fresh.close();
  }
}

/** A header may say that it is one, and be wrong about the rest. */
function opens(file: string): boolean {
  const database = openDamaged(file);
  database?.close();
  return database !== undefined;
}

/** Undefined for one of which not even the schema can be read. */
function openDamaged(file: string): DatabaseSync | undefined {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    database.exec('pragma cell_size_check = on');
    database.prepare('select count(*) from sqlite_schema').get();
    return database;
  } catch {
    database.close();
    return undefined; // Everything is lost but the file itself, which is kept.
  }
}

function copyTable(
  damaged: DatabaseSync | undefined,
  fresh: DatabaseSync,
  table: DamagedTable,
): TableOutcome {
  const { name } = table;
  if (damaged === undefined) return { table: name, kept: 0, lost: undefined };
  const known = columnsIn(damaged, name);
  const columns = table.columns.filter((column) => known === undefined || known.has(column));
  const insert = insertInto(fresh, name, columns);
  let kept = 0;
  let read = 0;
  const { hasGaps } = readTable(damaged, { ...table, columns }, (row) => {
    read += 1;
    kept += keep(
      insert,
      columns.map((column) => row[column] ?? null),
    );
  });
  // A row that its own table refuses is lost as well.
  if (!hasGaps) return { table: name, kept, lost: read - kept };
  const before = countBefore(damaged, name);
  return { table: name, kept, lost: before === undefined ? undefined : Math.max(0, before - kept) };
}

/** Undefined where the schema does not tell any more. */
function columnsIn(database: DatabaseSync, table: string): ReadonlySet<string> | undefined {
  try {
    const rows = database.prepare('select name from pragma_table_info(?)').all(table);
    return rows.length === 0 ? undefined : new Set(rows.map(({ name }) => String(name)));
  } catch {
    return undefined;
  }
}

function insertInto(fresh: DatabaseSync, table: string, columns: readonly string[]): StatementSync {
  const gaps = columns.map(() => '?').join(', ');
  const list = columns.map(quoted).join(', ');
  return fresh.prepare(`insert or ignore into ${quoted(table)} (${list}) values (${gaps})`);
}

const constraintCode = 19;
const mismatchCode = 20;

/** 1 for a row that was taken; a damaged one may not be what its table asks for. */
function keep(
  insert: StatementSync,
  values: readonly (string | number | bigint | null | Uint8Array)[],
): number {
  try {
    return Number(insert.run(...values).changes);
  } catch (error) {
    const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : 0;
    if (code === constraintCode || code === mismatchCode) return 0;
    throw error;
  }
}
