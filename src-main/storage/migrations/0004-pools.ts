import type { Migration } from './migration.ts';

/**
 * Pools with their members, devices and invites, the gateway's own identity, and keys that end or are
 * bound to a pool. Secrets are hashes here; the authority's private key lies in the secret store.
 */
export const pools: Migration = {
  version: 4,
  sql: `
    alter table persons add column password_hash text;

    create table pools (
      id text primary key,
      name text not null,
      created_at integer not null,
      is_isolated integer not null,
      strategy text not null,
      contributors_first integer not null,
      -- Kept after its end, so that a machine which comes back is told why.
      ended_at integer
    ) strict;

    create table pool_members (
      pool_id text not null references pools (id) on delete cascade,
      person_id text not null references persons (id) on delete cascade,
      role text not null check (role in ('owner', 'admin', 'member', 'viewer')),
      models text not null,
      joined_at integer not null,
      primary key (pool_id, person_id)
    ) strict, without rowid;

    create table devices (
      id text primary key,
      pool_id text not null references pools (id) on delete cascade,
      person_id text not null references persons (id) on delete cascade,
      public_key blob not null unique,
      name text not null,
      trust text not null check (trust in ('own', 'trusted', 'guest')),
      may_serve integer not null,
      may_ask integer not null,
      epoch integer not null,
      created_at integer not null,
      last_seen_at integer,
      revoked_at integer
    ) strict;
    create index devices_by_pool on devices (pool_id);

    create table invites (
      id text primary key,
      pool_id text not null references pools (id) on delete cascade,
      hash text not null unique,
      prefix text not null,
      created_at integer not null,
      expires_at integer,
      max_uses integer,
      uses integer not null,
      role text not null,
      trust text not null,
      rights text not null,
      models text not null,
      person_id text references persons (id) on delete cascade,
      revoked_at integer,
      check (max_uses is null or uses <= max_uses)
    ) strict;
    create index invites_by_pool on invites (pool_id);

    create table gateway_identity (
      only integer primary key check (only = 1),
      gateway_id text not null,
      certificate text not null,
      created_at integer not null
    ) strict;

    alter table api_keys add column expires_at integer;
    -- May also be a pool of another gateway, which no table here knows.
    alter table api_keys add column pool_id text;
    alter table api_keys add column models text;
    alter table api_keys add column privacy text;
  `,
};
