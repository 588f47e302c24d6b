import type { DatabaseSync } from 'node:sqlite';
import type { DatabaseRow } from '../worker-protocol.ts';

/** One table as a damaged database still knows it. */
export interface DamagedTable {
  readonly name: string;
  readonly columns: readonly string[];
  readonly hasRowId: boolean;
  /** Columns of the primary key, of tables without row ids. */
  readonly key: readonly string[];
}

/** What was read of a table, and whether some of it was not. */
export interface ReadRows {
  readonly rows: number;
  readonly hasGaps: boolean;
}

const rowIdName = 'rowid_of_row';
const largestRowId = 9_223_372_036_854_775_807n;

/** Hands every row on that can be read; pages that cannot are skipped. */
export function readTable(
  database: DatabaseSync,
  table: DamagedTable,
  take: (row: DatabaseRow) => void,
): ReadRows {
  return table.hasRowId
    ? readByRowId(database, table, take)
    : readFromBothEnds(database, table, take);
}

/** A page whose cells are no rows any more: SQLite takes zeros for a row with the id 0. */
class OutOfOrder extends Error {}

/** In the order of row ids; behind a page that cannot be read the next id that can be is looked for. */
function readByRowId(
  database: DatabaseSync,
  { name, columns }: DamagedTable,
  take: (row: DatabaseRow) => void,
): ReadRows {
  const list = [`rowid as ${rowIdName}`, ...columns.map(quoted)].join(', ');
  const text = `select ${list} from ${quoted(name)} not indexed where rowid >= ? order by rowid`;
  let from = -largestRowId;
  let rows = 0;
  let hasGaps = false;
  for (;;) {
    try {
      const statement = database.prepare(text);
      statement.setReadBigInts(true);
      for (const found of statement.iterate(from)) {
        const { [rowIdName]: id, ...row } = found;
        if (typeof id !== 'bigint' || id < from) throw new OutOfOrder();
        take(row);
        rows += 1;
        from = id + 1n;
      }
      return { rows, hasGaps };
    } catch (error) {
      rethrowUnlessDamage(error);
      hasGaps = true;
      const next = nextReadable(database, name, from);
      if (next === undefined) return { rows, hasGaps };
      // What can be read alone may still not be read in its row.
      from = next > from ? next : from + 1n;
    }
  }
}

/**
 * The row id from `from` on at which reading works again: looked for in ever longer steps, then by halves.
 * Undefined when no row is left behind what cannot be read.
 */
function nextReadable(database: DatabaseSync, table: string, from: bigint): bigint | undefined {
  const text = `select rowid as ${rowIdName}, * from ${quoted(table)} not indexed where rowid >= ? order by rowid limit 1`;
  const probe = (id: bigint): 'row' | 'end' | 'unreadable' => {
    try {
      const statement = database.prepare(text);
      statement.setReadBigInts(true);
      const found = statement.get(id)?.[rowIdName];
      if (found === undefined) return 'end';
      return typeof found === 'bigint' && found >= id ? 'row' : 'unreadable';
    } catch (error) {
      rethrowUnlessDamage(error);
      return 'unreadable';
    }
  };
  let bad = from < 0n ? 0n : from;
  let good = bad;
  for (let step = 1n; probe(good) === 'unreadable'; step *= 2n) {
    bad = good;
    good = bad + step;
    if (good > largestRowId) return undefined;
  }
  while (good - bad > 1n) {
    const middle: bigint = (good + bad) / 2n;
    if (probe(middle) === 'unreadable') bad = middle;
    else good = middle;
  }
  return probe(good) === 'row' ? good : undefined;
}

/** Without row ids there is nothing to count by: from the first row on, then from the last one back. */
function readFromBothEnds(
  database: DatabaseSync,
  { name, columns, key }: DamagedTable,
  take: (row: DatabaseRow) => void,
): ReadRows {
  const list = columns.map(quoted).join(', ');
  const seen = new Set<string>();
  const keyOf = (row: DatabaseRow): string =>
    JSON.stringify(key.map((column) => String(row[column])));
  const readIn = (direction: 'asc' | 'desc'): boolean => {
    const order = key.map((column) => `${quoted(column)} ${direction}`).join(', ');
    try {
      const statement = database.prepare(`select ${list} from ${quoted(name)} order by ${order}`);
      statement.setReadBigInts(true);
      for (const row of statement.iterate() as Iterable<DatabaseRow>) {
        const id = keyOf(row);
        if (seen.has(id)) continue;
        seen.add(id);
        take(row);
      }
      return true;
    } catch (error) {
      rethrowUnlessDamage(error);
      return false;
    }
  };
  const hasGaps = !readIn('asc');
  if (hasGaps) readIn('desc');
  return { rows: seen.size, hasGaps };
}

/**
 * How many rows a table had: its indexes are trees of their own, which may be whole. Undefined where none
 * tells.
 */
export function countBefore(database: DatabaseSync, table: string): number | undefined {
  const names = attempt(() =>
    database
      .prepare("select name from sqlite_schema where type = 'index' and tbl_name = ?")
      .all(table)
      .map(({ name }) => String(name)),
  );
  const counts = (names ?? []).flatMap((index) => {
    const from = `${quoted(table)} indexed by ${quoted(index)}`;
    const found = attempt(() => database.prepare(`select count(*) as count from ${from}`).get());
    return typeof found?.['count'] === 'number' ? [found['count']] : [];
  });
  return counts.length === 0 ? undefined : Math.max(...counts);
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined; // One more page that cannot be read.
  }
}

const damageCodes: ReadonlySet<number> = new Set([1, 10, 11, 26]);

/** SQLite says of a damaged page that it is corrupt or that the disk failed, of a damaged schema that a query is wrong. */
function rethrowUnlessDamage(thrown: unknown): void {
  if (thrown instanceof OutOfOrder) return;
  const code = thrown instanceof Error && 'errcode' in thrown ? Number(thrown.errcode) & 0xff : 0;
  if (!damageCodes.has(code)) throw thrown;
}

export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
