import { sql } from 'kysely';
import { z } from 'zod';
import { poolEventKinds } from '../gateway/nodes/ports.ts';
import type { PoolEventStore, StoredPoolEvent } from '../gateway/nodes/ports.ts';
import { optional, same } from './columns.ts';
import type { Database } from './open-database.ts';
import type { PoolEventsTable } from './schema.ts';

const facts = z.object({
  kind: z.enum(poolEventKinds),
  machine: z.string().exactOptional(),
  person: z.string().exactOptional(),
  to: z.string().exactOptional(),
  model: z.string().exactOptional(),
  atToken: z.number().exactOptional(),
  pauseMs: z.number().exactOptional(),
  count: z.number().exactOptional(),
  reason: z.string().exactOptional(),
  requestId: z.string().exactOptional(),
});

/** What happened to pools. Ids sort by time. */
export function createPoolEventStore(database: Database): PoolEventStore {
  return {
    async append(events) {
      await database
        .insertInto('pool_events')
        .values(events.map(toRow))
        .onConflict((conflict) => conflict.column('id').doNothing())
        .execute();
    },
    async newest(perPool) {
      const { rows } = await sql<PoolEventsTable>`
        select id, pool_id, at, machine_id, facts from (
          select *, row_number() over (partition by pool_id order by id desc) as place
          from pool_events
        ) where place <= ${perPool} order by id desc`.execute(database);
      return rows.flatMap(toEvent);
    },
    async prune(perPool) {
      await sql`
        delete from pool_events where id in (
          select id from (
            select id, row_number() over (partition by pool_id order by id desc) as place
            from pool_events
          ) where place > ${perPool}
        )`.execute(database);
    },
  };
}

function toRow({ id, poolId, at, machineId, ...event }: StoredPoolEvent): PoolEventsTable {
  return {
    ...{ id, at },
    pool_id: poolId,
    machine_id: machineId ?? null,
    facts: JSON.stringify(event),
  };
}

/** Kinds that a newer Millpond wrote are left out. */
function toEvent(row: PoolEventsTable): StoredPoolEvent[] {
  const read = facts.safeParse(JSON.parse(row.facts));
  if (!read.success) return [];
  const { id, pool_id: poolId, at } = row;
  return [{ ...{ id, poolId, at }, ...read.data, ...optional('machineId', row.machine_id, same) }];
}
