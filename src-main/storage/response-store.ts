import { sql } from 'kysely';
import type { ResponseStore, StoredResponse } from '../gateway/responses/ports.ts';
import type { Database } from './open-database.ts';
import type { ResponsesTable } from './tables/responses.ts';

/** No conversation has more turns; a ring of answers could not come about, and would end here. */
const mostTurns = 10_000;

export function createResponseStore(database: Database): ResponseStore {
  return {
    async insert(responses) {
      if (responses.length === 0) return;
      await database
        .insertInto('responses')
        .values(responses.map(toRow))
        .onConflict((conflict) => conflict.column('id').doNothing())
        .execute();
    },
    async get(owner, id) {
      const row = await database
        .selectFrom('responses')
        .selectAll()
        .where('id', '=', id)
        .where('owner', '=', owner)
        .executeTakeFirst();
      return row && toResponse(row);
    },
    async chain(owner, id) {
      const { rows } = await sql<ResponsesTable>`
        with recursive turns (id, depth) as (
          select id, 0 from responses where id = ${id} and owner = ${owner}
          union all
          select earlier.id, turns.depth + 1
          from turns
          join responses later on later.id = turns.id
          join responses earlier on earlier.id = later.previous_id and earlier.owner = ${owner}
          where turns.depth < ${mostTurns}
        )
        select responses.* from turns join responses on responses.id = turns.id
        order by turns.depth desc
      `.execute(database);
      return rows.map(toResponse);
    },
    async remove(owner, id) {
      const { numDeletedRows } = await database
        .deleteFrom('responses')
        .where('id', '=', id)
        .where('owner', '=', owner)
        .executeTakeFirst();
      return numDeletedRows > 0n;
    },
    async removePerson(personId) {
      await database.deleteFrom('responses').where('person_id', '=', personId).execute();
    },
    prune: (limits) => prune(database, limits),
  };
}

async function prune(
  database: Database,
  { before, maxBytes }: { readonly before: number; readonly maxBytes: number },
): Promise<void> {
  await database.deleteFrom('responses').where('created_at', '<', before).execute();
  await sql`
    delete from responses where id in (
      select id from (
        select id, sum(size_bytes) over (
          partition by owner order by created_at desc, id desc
        ) as newer_bytes
        from responses
      ) where newer_bytes > ${maxBytes}
    )
  `.execute(database);
}

function toRow(stored: StoredResponse): ResponsesTable {
  const { id, owner, response, input } = stored;
  return {
    ...{ id, owner, response, input },
    person_id: stored.personId,
    created_at: stored.createdAt,
    previous_id: stored.previousId ?? null,
    size_bytes: response.length + input.length,
  };
}

function toResponse(row: ResponsesTable): StoredResponse {
  const { id, owner, response, input, previous_id } = row;
  return {
    ...{ id, owner, response, input },
    personId: row.person_id,
    createdAt: row.created_at,
    ...(previous_id !== null && { previousId: previous_id }),
  };
}
