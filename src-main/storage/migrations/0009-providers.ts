import type { Migration } from './migration.ts';

/** Cloud providers and what their keys are good for. The keys themselves are secrets and lie elsewhere. */
export const providers: Migration = {
  version: 9,
  sql: `
    create table providers (
      id text primary key,
      name text not null,
      preset text not null,
      base_url text not null,
      access text not null,
      is_enabled integer not null,
      names text not null,
      served text,
      listed text not null,
      created_at integer not null
    ) strict;
    create table provider_keys (
      id text primary key,
      provider_id text not null,
      shown text not null,
      created_at integer not null,
      state text not null
    ) strict;
    create index provider_keys_by_provider on provider_keys (provider_id);
  `,
};
