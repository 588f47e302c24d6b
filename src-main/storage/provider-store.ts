import { z } from 'zod';
import type {
  KeyState,
  ListedModel,
  ProviderStore,
  StoredProvider,
  StoredProviderKey,
} from '../gateway/providers/ports.ts';
import { readTexts } from './columns.ts';
import type { Database } from './open-database.ts';
import type { ProviderKeysTable, ProvidersTable } from './tables/providers.ts';

export function createProviderStore(database: Database): ProviderStore {
  return {
    async list() {
      const rows = await database
        .selectFrom('providers')
        .selectAll()
        .orderBy('created_at')
        .orderBy('id')
        .execute();
      return rows.map(toProvider);
    },
    async save(provider) {
      const { id, created_at, ...rest } = toRow(provider);
      await database
        .insertInto('providers')
        .values({ id, created_at, ...rest })
        .onConflict((conflict) => conflict.column('id').doUpdateSet(rest))
        .execute();
    },
    async remove(id) {
      await database.transaction().execute(async (transaction) => {
        await transaction.deleteFrom('provider_keys').where('provider_id', '=', id).execute();
        await transaction.deleteFrom('providers').where('id', '=', id).execute();
      });
    },
    async keys() {
      const rows = await database
        .selectFrom('provider_keys')
        .selectAll()
        .orderBy('created_at')
        .orderBy('id')
        .execute();
      return rows.map(toKey);
    },
    async saveKey({ id, providerId, shown, createdAt, state }) {
      const text = JSON.stringify(state);
      await database
        .insertInto('provider_keys')
        .values({ id, provider_id: providerId, shown, created_at: createdAt, state: text })
        .onConflict((conflict) => conflict.column('id').doUpdateSet({ state: text }))
        .execute();
    },
    async removeKey(id) {
      await database.deleteFrom('provider_keys').where('id', '=', id).execute();
    },
  };
}

const names = z.record(z.string(), z.string());
const access = z.enum(['owner', 'everybody']).catch('owner');
const listed = z.array(
  z.object({
    upstreamName: z.string(),
    contextLength: z.number().exactOptional(),
    features: z
      .array(z.enum(['chat', 'embedding', 'rerank', 'tools', 'reasoning', 'vision']))
      .exactOptional(),
  }),
);
const keyState = z.union([
  z.object({
    phase: z.enum(['cooling', 'exhausted', 'refused']),
    since: z.number(),
    until: z.number(),
    reason: z.string(),
  }),
  z.object({ phase: z.literal('ready') }),
]);

function toRow(provider: StoredProvider): ProvidersTable {
  const { id, name, preset, baseUrl, createdAt, served } = provider;
  return {
    ...{ id, name, preset },
    base_url: baseUrl,
    access: provider.access,
    is_enabled: provider.isEnabled ? 1 : 0,
    names: JSON.stringify(provider.names),
    served: served === undefined ? null : JSON.stringify(served),
    listed: JSON.stringify(provider.listed),
    created_at: createdAt,
  };
}

function toProvider(row: ProvidersTable): StoredProvider {
  const models: readonly ListedModel[] = listed.parse(JSON.parse(row.listed));
  return {
    id: row.id,
    name: row.name,
    preset: row.preset,
    baseUrl: row.base_url,
    access: access.parse(row.access),
    isEnabled: row.is_enabled === 1,
    names: names.parse(JSON.parse(row.names)),
    ...(row.served !== null && { served: readTexts(row.served) }),
    listed: models,
    createdAt: row.created_at,
  };
}

function toKey(row: ProviderKeysTable): StoredProviderKey {
  const state: KeyState = keyState.parse(JSON.parse(row.state));
  const { id, shown } = row;
  return { id, shown, providerId: row.provider_id, createdAt: row.created_at, state };
}
