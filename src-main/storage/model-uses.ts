import type { Database } from './open-database.ts';

/** When each model was asked last, in epoch milliseconds, as far as the request log reaches back. */
export async function readModelUses(database: Database): Promise<ReadonlyMap<string, number>> {
  const rows = await database
    .selectFrom('requests')
    .select(({ fn }) => ['model', fn.max('started_at').as('last_at')])
    .where('state', '=', 'done')
    .groupBy('model')
    .execute();
  return new Map(rows.map(({ model, last_at }) => [model, last_at]));
}
