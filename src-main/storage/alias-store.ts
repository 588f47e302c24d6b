import { z } from 'zod';
import type { AliasStore, StoredAlias } from '../gateway/aliases/ports.ts';
import type { Database } from './open-database.ts';
import type { ModelAliasesTable } from './tables/aliases.ts';

export function createAliasStore(database: Database): AliasStore {
  return {
    async list() {
      const rows = await database.selectFrom('model_aliases').selectAll().orderBy('name').execute();
      return rows.map(toAlias);
    },
    async save({ name, members, mayCrossToCloud, createdAt }) {
      const chosen = {
        members: JSON.stringify(members),
        may_cross_to_cloud: mayCrossToCloud ? 1 : 0,
      };
      await database
        .insertInto('model_aliases')
        .values({ name, created_at: createdAt, ...chosen })
        .onConflict((conflict) => conflict.column('name').doUpdateSet(chosen))
        .execute();
    },
    async remove(name) {
      await database.deleteFrom('model_aliases').where('name', '=', name).execute();
    },
  };
}

const members = z.array(z.object({ model: z.string(), maxQueueMs: z.number().exactOptional() }));

function toAlias(row: ModelAliasesTable): StoredAlias {
  return {
    name: row.name,
    members: members.parse(JSON.parse(row.members)),
    mayCrossToCloud: row.may_cross_to_cloud === 1,
    createdAt: row.created_at,
  };
}
