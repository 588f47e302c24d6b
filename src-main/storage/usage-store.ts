import { type Expression, type SelectQueryBuilder, sql } from 'kysely';
import type { UsageFilter, UsageRange, UsageStore } from '../gateway/usage/ports.ts';
import type { Database } from './open-database.ts';
import type { DatabaseSchema } from './schema.ts';
import { sumColumns } from './usage-rows.ts';

/** Sums of usage. They are written with the request log. */
export function createUsageStore(database: Database): UsageStore {
  return {
    async points(range, by, step, filter) {
      const group = groupColumns[by];
      const period = step === 'hour' ? sql<string>`hour` : localDay;
      const rows = await within(database.selectFrom('usage_hours'), range, filter)
        .select([sql<number>`min(hour)`.as('at'), `${group} as group`, ...sums])
        .groupBy([period, group])
        .orderBy('at')
        .execute();
      return rows.map((row) => ({ at: row.at, group: row.group, sum: toSum(row) }));
    },
    async days(range, filter) {
      const rows = await within(database.selectFrom('usage_hours'), range, filter)
        .select([localDay.as('day'), ...accounts, ...sums])
        .groupBy(['day', ...accounts])
        .orderBy('day')
        .orderBy('key_id')
        .orderBy('model')
        .execute();
      return rows.map((row) => ({
        day: row.day,
        keyId: row.key_id,
        personId: row.person_id,
        model: row.model,
        machine: row.machine,
        provider: row.provider,
        poolId: row.pool_id,
        sum: toSum(row),
      }));
    },
    labels: () => database.selectFrom('usage_labels').selectAll().execute(),
  };
}

const groupColumns = {
  key: 'key_id',
  person: 'person_id',
  model: 'model',
  machine: 'machine',
  provider: 'provider',
  pool: 'pool_id',
} as const;

const accounts = ['key_id', 'person_id', 'model', 'machine', 'provider', 'pool_id'] as const;

/** `2026-11-21` in the time zone of this process. */
const localDay = sql<string>`date(hour / 1000, 'unixepoch', 'localtime')`;

const sums = sumColumns.map((column) => sql<number>`sum(${sql.ref(column)})`.as(column));

function within<O>(
  usage: SelectQueryBuilder<DatabaseSchema, 'usage_hours', O>,
  { from, to }: UsageRange,
  { keyId, personId, model, machine, provider, poolId }: UsageFilter,
): SelectQueryBuilder<DatabaseSchema, 'usage_hours', O> {
  let rows = usage.where('hour', '>=', from).where('hour', '<', to);
  const equal = {
    ...{ key_id: keyId, person_id: personId, model, machine, provider },
    pool_id: poolId,
  };
  for (const [column, value] of Object.entries(equal)) {
    const left: Expression<unknown> = sql.ref(column);
    if (value !== undefined) rows = rows.where(left, '=', value);
  }
  return rows;
}

type SumRow = Readonly<Record<(typeof sumColumns)[number], number>>;

function toSum(row: SumRow) {
  return {
    requests: row.requests,
    failed: row.failed,
    promptTokens: row.prompt_tokens,
    cachedTokens: row.cached_tokens,
    completionTokens: row.completion_tokens,
    reasoningTokens: row.reasoning_tokens,
    costMicros: row.cost_micros,
    creditMicros: row.credit_micros,
    unpriced: row.unpriced,
  };
}
