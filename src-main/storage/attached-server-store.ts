import { z } from 'zod';
import type { AttachedServerStore, StoredAttachedServer } from '../engines/ports.ts';
import { readTexts } from './columns.ts';
import type { Database } from './open-database.ts';
import type { AttachedServersTable } from './schema.ts';

export function createAttachedServerStore(database: Database): AttachedServerStore {
  return {
    async list() {
      const rows = await database
        .selectFrom('attached_servers')
        .selectAll()
        .orderBy('created_at')
        .orderBy('id')
        .execute();
      return rows.map(toServer);
    },
    async save({ id, createdAt, name, url, kind, names, hidden }) {
      const chosen = {
        ...{ name, url, kind },
        names: JSON.stringify(names),
        hidden: JSON.stringify(hidden),
      };
      await database
        .insertInto('attached_servers')
        .values({ id, created_at: createdAt, ...chosen })
        .onConflict((conflict) => conflict.column('id').doUpdateSet(chosen))
        .execute();
    },
    async remove(id) {
      await database.deleteFrom('attached_servers').where('id', '=', id).execute();
    },
  };
}

const names = z.record(z.string(), z.string());
/** A kind that only a newer Millpond knows is at least a server of the OpenAI API. */
const kind = z.enum(['ollama', 'lm-studio', 'vllm', 'llama-server', 'openai']).catch('openai');

function toServer(row: AttachedServersTable): StoredAttachedServer {
  return {
    id: row.id,
    name: row.name,
    url: row.url,
    kind: kind.parse(row.kind),
    names: names.parse(JSON.parse(row.names)),
    hidden: readTexts(row.hidden),
    createdAt: row.created_at,
  };
}
