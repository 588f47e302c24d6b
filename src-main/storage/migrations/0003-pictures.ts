import type { Migration } from './migration.ts';

/** Pictures that travel with messages. */
export const pictures: Migration = {
  version: 3,
  sql: 'alter table attachments add column picture blob;',
};
