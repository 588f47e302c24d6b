import { sql } from 'kysely';
import type { ExpressionBuilder } from 'kysely';

import type { AuditQuery, AuditStore, StoredAuditEntry } from '../gateway/audit/ports.ts';
import type { Database } from './open-database.ts';
import type { DatabaseSchema } from './schema.ts';
import type { AuditEntriesTable } from './tables/accounts.ts';

/** SQLite limits the parameters of one statement. */
const rowsPerInsert = 500;

export function createAuditStore(database: Database): AuditStore {
  return {
    async append(entries) {
      await database.transaction().execute(async (transaction) => {
        for (let start = 0; start < entries.length; start += rowsPerInsert) {
          await transaction
            .insertInto('audit_entries')
            .values(entries.slice(start, start + rowsPerInsert).map(toRow))
            // A batch that was written although it seemed to fail comes a second time.
            .onConflict((conflict) => conflict.column('id').doNothing())
            .execute();
        }
      });
    },
    async query(query) {
      const wanted = database.selectFrom('audit_entries').where((e) => matching(e, query));
      const page = query.before === undefined ? wanted : wanted.where('at', '<', query.before);
      const [rows, { total }] = await Promise.all([
        page.selectAll().orderBy('at', 'desc').orderBy('id', 'desc').limit(query.limit).execute(),
        wanted.select((e) => e.fn.countAll<number>().as('total')).executeTakeFirstOrThrow(),
      ]);
      return { entries: rows.map(toEntry), total };
    },
    async prune(before) {
      await database.transaction().execute(async (transaction) => {
        await transaction.insertInto('audit_pruning').values({ before }).execute();
        await transaction.deleteFrom('audit_entries').where('at', '<', before).execute();
        await transaction.deleteFrom('audit_pruning').execute();
      });
    },
  };
}

function matching(e: ExpressionBuilder<DatabaseSchema, 'audit_entries'>, { search }: AuditQuery) {
  if (search === undefined || search === '') return e.lit(true);
  const pattern = `%${search.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
  const like = (column: 'person_name' | 'action' | 'subject' | 'outcome') =>
    sql<boolean>`${e.ref(column)} like ${pattern} escape '\\'`;
  return e.or([like('person_name'), like('action'), like('subject'), like('outcome')]);
}

function toRow({ personId, personName, ...entry }: StoredAuditEntry): AuditEntriesTable {
  return { ...entry, person_id: personId, person_name: personName };
}

function toEntry({ person_id, person_name, ...row }: AuditEntriesTable): StoredAuditEntry {
  return { ...row, personId: person_id, personName: person_name };
}
