import { DatabaseSync } from 'node:sqlite';
import type { Migration } from '../migrations/migration.ts';
import type { DamagedTable } from './readable-rows.ts';

export function createTables(database: DatabaseSync, migrations: readonly Migration[]): void {
  for (const { sql } of migrations) database.exec(sql);
}

/** The tables that hold what people made: not what SQLite keeps for itself, nor the words of the search. */
export function tablesOf(database: DatabaseSync): readonly DamagedTable[] {
  const rows = database
    .prepare(
      "select name, wr from pragma_table_list where schema = 'main' and type = 'table' order by name",
    )
    .all();
  return rows
    .filter(({ name }) => !/^(sqlite_|search_)/.test(String(name)))
    .map(({ name, wr }) => {
      const columns = database
        .prepare('select name, pk from pragma_table_info(?) order by cid')
        .all(String(name));
      const key = columns.filter(({ pk }) => pk !== 0).map((column) => String(column['name']));
      return {
        name: String(name),
        columns: columns.map((column) => String(column['name'])),
        hasRowId: wr === 0,
        key,
      };
    });
}

/**
 * The schema of a damaged database: what it says itself, else the newest one that has all of its tables,
 * else the newest there is.
 */
export function schemaOf(
  damaged: DatabaseSync | undefined,
  migrations: readonly Migration[],
): number {
  const newest = migrations.at(-1)?.version ?? 0;
  if (damaged === undefined) return newest;
  const said = Number(damaged.prepare('pragma user_version').get()?.['user_version'] ?? 0);
  if (said > 0 && said <= newest) return said;
  const there = new Set(tableNames(damaged));
  const model = new DatabaseSync(':memory:');
  try {
    let version = 0;
    for (const migration of migrations) {
      model.exec(migration.sql);
      if (tableNames(model).every((name) => there.has(name))) version = migration.version;
    }
    return version === 0 ? newest : version;
  } finally {
    model.close();
  }
}

function tableNames(database: DatabaseSync): readonly string[] {
  try {
    return database
      .prepare("select name from sqlite_schema where type = 'table'")
      .all()
      .map(({ name }) => String(name));
  } catch {
    return [];
  }
}
