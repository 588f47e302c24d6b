import type { Migration } from './migration.ts';

/** Pools that this app has joined, and what it gave and used. Private keys are secrets and lie elsewhere. */
export const joinedPools: Migration = {
  version: 6,
  sql: `
    create table joined_pools (
      membership_id text primary key,
      epoch integer not null,
      joined_at integer not null,
      is_sharing integer not null,
      terms text not null
    ) strict;

    create table contribution_days (
      day text primary key,
      given_tokens integer not null,
      given_answers integer not null,
      used_tokens integer not null
    ) strict;
  `,
};
