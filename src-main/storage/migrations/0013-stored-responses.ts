import type { Migration } from './migration.ts';

/** Answers of the Responses API that a later turn may name. */
export const storedResponses: Migration = {
  version: 13,
  sql: `
    create table responses (
      id text primary key,
      owner text not null,
      person_id text not null,
      created_at integer not null,
      previous_id text,
      response text not null,
      input text not null,
      size_bytes integer not null
    ) strict;
    create index responses_by_owner on responses (owner, created_at, size_bytes);
    create index responses_by_time on responses (created_at);
    create index responses_by_person on responses (person_id);
  `,
};
