import { type SelectQueryBuilder, type Transaction, sql } from 'kysely';
import type { RequestLogQuery, RequestLogStore } from '../gateway/ports.ts';
import { createFileWatch } from './file-watch.ts';
import type { Database } from './open-database.ts';
import { toRecord, toRow } from './request-rows.ts';
import type { DatabaseSchema } from './schema.ts';
import { accountColumns, sumColumns, usageLabels, usageRows } from './usage-rows.ts';

type RequestRecord = Parameters<RequestLogStore['append']>[0][number];

/** The request log, and the sums of usage that are written together with it. */
export function createRequestLogStore(database: Database): RequestLogStore {
  const watch = createFileWatch(database);
  return {
    async append(records) {
      await watch.check();
      await database.transaction().execute(async (transaction) => {
        const added = await insertNew(transaction, records);
        await addToSums(transaction, added);
      });
    },
    async query(query) {
      const matching = filtered(database.selectFrom('requests'), query);
      const page =
        query.before === undefined ? matching : matching.where('started_at', '<', query.before);
      const [rows, counted] = await Promise.all([
        page.selectAll().orderBy('started_at', 'desc').limit(query.limit).execute(),
        matching
          .select((select) => select.fn.countAll<number>().as('total'))
          .executeTakeFirstOrThrow(),
      ]);
      return { requests: rows.map(toRecord), total: counted.total };
    },
    async get(id) {
      const row = await database
        .selectFrom('requests')
        .selectAll()
        .where('id', '=', id)
        .executeTakeFirst();
      return row && toRecord(row);
    },
    async size() {
      const { rows, bytes } = await database
        .selectFrom('requests')
        .select((select) => [
          select.fn.countAll<number>().as('rows'),
          sql<number>`coalesce(sum(${rowBytes}), 0)`.as('bytes'),
        ])
        .executeTakeFirstOrThrow();
      return { rows, bytes };
    },
    async deleteOldest(limit, before) {
      const oldest = database
        .selectFrom('requests')
        .select('id')
        .orderBy('started_at')
        .limit(limit);
      const ids = before === undefined ? oldest : oldest.where('started_at', '<', before);
      const { numDeletedRows } = await database
        .deleteFrom('requests')
        .where('id', 'in', ids)
        .executeTakeFirstOrThrow();
      return Number(numDeletedRows);
    },
  };
}

/** What SQLite needs for a row beside its long texts, roughly. */
const plainRowBytes = 400;
const rowBytes = sql`${sql.lit(plainRowBytes)} + coalesce(length(route), 0) + coalesce(length(error), 0)
  + coalesce(length(usage), 0) + coalesce(length(timings), 0) + coalesce(length(tags), 0)`;

/** In pieces, because SQLite limits the parameters of one statement. */
const rowsPerInsert = 250;

/** Inserts those that are not there yet, and answers which those were: each request counts once. */
async function insertNew(
  transaction: Transaction<DatabaseSchema>,
  records: readonly RequestRecord[],
): Promise<RequestRecord[]> {
  const ids = new Set<string>();
  for (let start = 0; start < records.length; start += rowsPerInsert) {
    const inserted = await transaction
      .insertInto('requests')
      .values(records.slice(start, start + rowsPerInsert).map(toRow))
      .onConflict((conflict) => conflict.column('id').doNothing())
      .returning('id')
      .execute();
    for (const { id } of inserted) ids.add(id);
  }
  return records.filter(({ id }) => ids.delete(id));
}

async function addToSums(
  transaction: Transaction<DatabaseSchema>,
  records: readonly RequestRecord[],
): Promise<void> {
  for (const part of chunks(usageRows(records), rowsPerInsert)) {
    await transaction
      .insertInto('usage_hours')
      .values(part)
      .onConflict((conflict) => conflict.columns(accountColumns).doUpdateSet(addition))
      .execute();
  }
  for (const part of chunks(usageLabels(records), rowsPerInsert)) {
    await transaction
      .insertInto('usage_labels')
      .values(part)
      .onConflict((conflict) =>
        conflict.columns(['kind', 'id']).doUpdateSet({ label: sql<string>`excluded.label` }),
      )
      .execute();
  }
}

const addition = Object.fromEntries(
  sumColumns.map((column) => [
    column,
    sql<number>`${sql.ref(column)} + ${sql.ref(`excluded.${column}`)}`,
  ]),
);

function chunks<T>(items: readonly T[], size: number): T[][] {
  const parts: T[][] = [];
  for (let start = 0; start < items.length; start += size) {
    parts.push(items.slice(start, start + size));
  }
  return parts;
}

function filtered<O>(
  requests: SelectQueryBuilder<DatabaseSchema, 'requests', O>,
  { state, search, poolId, model, keyId, personId, provider, machine }: RequestLogQuery,
): SelectQueryBuilder<DatabaseSchema, 'requests', O> {
  const equal = { state, pool_id: poolId, model, key_id: keyId, person_id: personId, provider };
  let matching = requests;
  for (const [column, value] of Object.entries(equal)) {
    if (value !== undefined) matching = matching.where(sql.ref(column), '=', value);
  }
  // A machine is asked for by its name or by its membership.
  if (machine !== undefined) {
    matching = matching.where((column) =>
      column.or([column('machine', '=', machine), column('upstream', '=', machine)]),
    );
  }
  if (search !== undefined && search !== '') {
    const pattern = `%${search.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
    matching = matching.where((column) =>
      column.or(
        (['model', 'caller', 'client', 'alias'] as const).map(
          (name) => sql<boolean>`${sql.ref(name)} like ${pattern} escape '\\'`,
        ),
      ),
    );
  }
  return matching;
}
