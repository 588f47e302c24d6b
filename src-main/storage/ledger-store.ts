import { sql } from 'kysely';
import type { LedgerEntry, LedgerStore } from '../gateway/nodes/ports.ts';
import type { Database } from './open-database.ts';
import type { LedgerDaysTable } from './schema.ts';

/** Served and consumed tokens by day. */
export function createLedgerStore(database: Database): LedgerStore {
  return {
    async add(entries) {
      await database.transaction().execute(async (transaction) => {
        for (const entry of entries) {
          await transaction
            .insertInto('ledger_days')
            .values(toRow(entry))
            .onConflict((conflict) =>
              conflict
                .columns(['pool_id', 'day', 'person_id', 'machine_id', 'key_id'])
                .doUpdateSet(sums),
            )
            .execute();
        }
      });
    },
    async since(day, poolId) {
      const days = database.selectFrom('ledger_days').selectAll().where('day', '>=', day);
      const rows = await (
        poolId === undefined ? days : days.where('pool_id', '=', poolId)
      ).execute();
      return rows.map(toEntry);
    },
    async totals() {
      const rows = await database
        .selectFrom('ledger_days')
        .select(({ fn }) => [
          'pool_id',
          'person_id',
          'machine_id',
          fn.sum<number>('served_tokens').as('served_tokens'),
          fn.sum<number>('served_answers').as('served_answers'),
          fn.sum<number>('consumed_tokens').as('consumed_tokens'),
          fn.sum<number>('consumed_answers').as('consumed_answers'),
          fn.sum<number>('credit_micros').as('credit_micros'),
        ])
        .groupBy(['pool_id', 'person_id', 'machine_id'])
        .execute();
      return rows.map((row) => toEntry({ ...row, day: '', key_id: '' }));
    },
  };
}

/** Adds to the row that is there. */
const sums = {
  served_tokens: sql<number>`served_tokens + excluded.served_tokens`,
  served_answers: sql<number>`served_answers + excluded.served_answers`,
  consumed_tokens: sql<number>`consumed_tokens + excluded.consumed_tokens`,
  consumed_answers: sql<number>`consumed_answers + excluded.consumed_answers`,
  credit_micros: sql<number>`credit_micros + excluded.credit_micros`,
};

function toRow(entry: LedgerEntry): LedgerDaysTable {
  return {
    pool_id: entry.poolId,
    day: entry.day,
    person_id: entry.personId,
    machine_id: entry.machineId,
    key_id: entry.keyId,
    served_tokens: entry.servedTokens,
    served_answers: entry.servedAnswers,
    consumed_tokens: entry.consumedTokens,
    consumed_answers: entry.consumedAnswers,
    credit_micros: entry.creditMicros,
  };
}

function toEntry(row: LedgerDaysTable): LedgerEntry {
  return {
    poolId: row.pool_id,
    day: row.day,
    personId: row.person_id,
    machineId: row.machine_id,
    keyId: row.key_id,
    servedTokens: row.served_tokens,
    servedAnswers: row.served_answers,
    consumedTokens: row.consumed_tokens,
    consumedAnswers: row.consumed_answers,
    creditMicros: row.credit_micros,
  };
}
