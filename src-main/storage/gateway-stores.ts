import type { ApiKeyStore, SessionStore, StoredApiKey } from '../gateway/ports.ts';
import { optional, readTexts, same, writeJson } from './columns.ts';
import { readLimits } from './limits-column.ts';
import type { Database } from './open-database.ts';
import type { ApiKeysTable } from './schema.ts';

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
