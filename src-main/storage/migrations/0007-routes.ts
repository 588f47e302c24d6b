import type { Migration } from './migration.ts';

/** Whose a request was, and why it was answered where it was. */
export const routes: Migration = {
  version: 7,
  sql: `
    alter table requests add column person_id text;
    alter table requests add column pool_id text;
    alter table requests add column route text;
    alter table requests add column moved_from text;
  `,
};
