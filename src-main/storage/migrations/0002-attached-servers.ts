import type { Migration } from './migration.ts';

/** Servers that somebody else started. Their keys are secrets and lie elsewhere. */
export const attachedServers: Migration = {
  version: 2,
  sql: `
    create table attached_servers (
      id text primary key,
      name text not null,
      url text not null unique,
      kind text not null,
      names text not null,
      hidden text not null,
      created_at integer not null
    ) strict;
  `,
};
