import { type SelectQueryBuilder, sql } from 'kysely';
import type {
  ApiKeyStore,
  RequestLogQuery,
  RequestLogStore,
  SessionStore,
  StoredApiKey,
} from '../gateway/ports.ts';
import {
  optional,
  readError,
  readTexts,
  readTimings,
  readUsage,
  same,
  writeJson,
} from './columns.ts';
import { readLimits } from './limits-column.ts';
import type { Database } from './open-database.ts';
import { readRoute } from './route-column.ts';
import type { ApiKeysTable, DatabaseSchema, RequestsTable } from './schema.ts';

export function createApiKeyStore(database: Database): ApiKeyStore {
  return {
    async list() {
      const rows = await database
        .selectFrom('api_keys')
        .selectAll()
        .orderBy('created_at')
        .execute();
      return rows.map(toApiKey);
    },
    async insert(key) {
      const { id, prefix, hash } = key;
      await database
        .insertInto('api_keys')
        .values({
          ...{ id, prefix, hash },
          person_id: key.personId,
          created_at: key.createdAt,
          last_used_at: key.lastUsedAt ?? null,
          pool_id: key.poolId ?? null,
          ...changeableColumns(key),
        })
        .execute();
    },
    async update(key) {
      await database
        .updateTable('api_keys')
        .set(changeableColumns(key))
        .where('id', '=', key.id)
        .execute();
    },
    async remove(id) {
      await database.deleteFrom('api_keys').where('id', '=', id).execute();
    },
    async touch(id, usedAt) {
      await database
        .updateTable('api_keys')
        .set({ last_used_at: usedAt })
        .where('id', '=', id)
        .execute();
    },
  };
}

/** What may be said of a key after it was made. */
function changeableColumns(key: StoredApiKey) {
  return {
    name: key.name,
    expires_at: key.expiresAt ?? null,
    models: writeJson(key.models),
    privacy: key.privacy ?? null,
    kind: key.kind ?? null,
    allowed_ips: writeJson(key.allowedIps),
    tags: writeJson(key.tags),
    limits: writeJson(key.limits),
  };
}

export function createSessionStore(database: Database): SessionStore {
  return {
    async list() {
      const rows = await database.selectFrom('sessions').selectAll().execute();
      return rows.map((row) => ({
        id: row.id,
        personId: row.person_id,
        tokenHash: row.token_hash,
        createdAt: row.created_at,
        lastUsedAt: row.last_used_at,
      }));
    },
    async insert(session) {
      await database
        .insertInto('sessions')
        .values({
          id: session.id,
          person_id: session.personId,
          token_hash: session.tokenHash,
          created_at: session.createdAt,
          last_used_at: session.lastUsedAt,
        })
        .execute();
    },
    async remove(id) {
      await database.deleteFrom('sessions').where('id', '=', id).execute();
    },
    async touch(id, usedAt) {
      await database
        .updateTable('sessions')
        .set({ last_used_at: usedAt })
        .where('id', '=', id)
        .execute();
    },
  };
}

export function createRequestLogStore(database: Database): RequestLogStore {
  return {
    async append(records) {
      // In pieces, because SQLite limits the parameters of one statement.
      await database.transaction().execute(async (transaction) => {
        for (let start = 0; start < records.length; start += rowsPerInsert) {
          const rows = records.slice(start, start + rowsPerInsert).map(toRow);
          await transaction
            .insertInto('requests')
            .values(rows)
            .onConflict((conflict) => conflict.column('id').doNothing())
            .execute();
        }
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
    async prune(before) {
      await database.deleteFrom('requests').where('started_at', '<', before).execute();
    },
  };
}

const rowsPerInsert = 250;

type RequestRecord = Parameters<RequestLogStore['append']>[0][number];

function filtered<O>(
  requests: SelectQueryBuilder<DatabaseSchema, 'requests', O>,
  { state, search, poolId }: RequestLogQuery,
): SelectQueryBuilder<DatabaseSchema, 'requests', O> {
  let matching = requests;
  if (state !== undefined) matching = matching.where('state', '=', state);
  if (poolId !== undefined) matching = matching.where('pool_id', '=', poolId);
  if (search !== undefined && search !== '') {
    const pattern = `%${search.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
    matching = matching.where((column) =>
      column.or(
        (['model', 'caller', 'client'] as const).map(
          (name) => sql<boolean>`${sql.ref(name)} like ${pattern} escape '\\'`,
        ),
      ),
    );
  }
  return matching;
}

function toApiKey(row: ApiKeysTable): StoredApiKey {
  return {
    id: row.id,
    personId: row.person_id,
    name: row.name,
    prefix: row.prefix,
    hash: row.hash,
    createdAt: row.created_at,
    ...optional('lastUsedAt', row.last_used_at, same),
    ...optional('expiresAt', row.expires_at, same),
    ...optional('poolId', row.pool_id, same),
    ...optional('models', row.models, readTexts),
    ...optional('privacy', row.privacy, readPrivacy),
    ...optional('kind', row.kind, readKind),
    ...optional('allowedIps', row.allowed_ips, readTexts),
    ...optional('tags', row.tags, readTexts),
    ...optional('limits', row.limits, readLimits),
  };
}

function readKind(kind: string): NonNullable<StoredApiKey['kind']> {
  return kind === 'service' ? kind : 'personal';
}

/** What only a newer Millpond knows is taken for the narrowest. */
function readPrivacy(privacy: string): NonNullable<StoredApiKey['privacy']> {
  return privacy === 'trusted' || privacy === 'any' ? privacy : 'this-machine';
}

function toRow(record: RequestRecord): RequestsTable {
  const { id, caller, client, task, path, model, state } = record;
  return {
    ...{ id, caller, client, task, path, model, state },
    started_at: record.startedAt,
    streamed: record.streamed ? 1 : 0,
    status: record.status ?? null,
    machine: record.machine ?? null,
    duration_ms: record.durationMs ?? null,
    usage: writeJson(record.usage),
    timings: writeJson(record.timings),
    error: writeJson(record.error),
    person_id: record.personId ?? null,
    pool_id: record.poolId ?? null,
    route: writeJson(record.route),
    moved_from: writeJson(record.movedFrom),
  };
}

function toRecord(row: RequestsTable): RequestRecord {
  const { id, caller, client, task, path, model } = row;
  return {
    ...{ id, caller, client, task, path, model },
    startedAt: row.started_at,
    streamed: row.streamed === 1,
    state: endedState(row.state),
    ...optional('status', row.status, same),
    ...optional('machine', row.machine, same),
    ...optional('durationMs', row.duration_ms, same),
    ...optional('usage', row.usage, readUsage),
    ...optional('timings', row.timings, readTimings),
    ...optional('error', row.error, readError),
    ...optional('personId', row.person_id, same),
    ...optional('poolId', row.pool_id, same),
    ...optional('route', row.route, readRoute),
    ...optional('movedFrom', row.moved_from, (json) => [...readTexts(json)]),
  };
}

function endedState(state: string): 'done' | 'failed' | 'cancelled' {
  return state === 'done' || state === 'cancelled' ? state : 'failed';
}
