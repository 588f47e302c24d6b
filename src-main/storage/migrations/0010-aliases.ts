import type { Migration } from './migration.ts';

/** One name for several models. */
export const aliases: Migration = {
  version: 10,
  sql: `
    create table model_aliases (
      name text primary key,
      members text not null,
      may_cross_to_cloud integer not null,
      created_at integer not null
    ) strict;
  `,
};
