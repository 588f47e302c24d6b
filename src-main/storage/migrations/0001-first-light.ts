import type { Migration } from './migration.ts';

/** People, their sessions and keys, conversations with search, presets, model choices, request log. */
export const firstLight: Migration = {
  version: 1,
  sql: `
    create table persons (
      id text primary key,
      name text not null,
      role text not null check (role in ('owner', 'admin', 'member', 'viewer')),
      created_at integer not null
    ) strict;

    create table sessions (
      id text primary key,
      person_id text not null references persons (id) on delete cascade,
      token_hash text not null unique,
      created_at integer not null,
      last_used_at integer not null
    ) strict;

    create table api_keys (
      id text primary key,
      person_id text not null references persons (id) on delete cascade,
      name text not null,
      prefix text not null,
      hash text not null unique,
      created_at integer not null,
      last_used_at integer
    ) strict;

    create table requests (
      id text primary key,
      started_at integer not null,
      state text not null,
      model text not null,
      caller text not null,
      client text not null,
      task text not null,
      path text not null,
      streamed integer not null,
      status integer,
      machine text,
      duration_ms real,
      usage text,
      timings text,
      error text
    ) strict;
    create index requests_by_time on requests (started_at);

    create table chats (
      id text primary key,
      person_id text not null references persons (id) on delete cascade,
      title text not null,
      pinned integer not null,
      created_at integer not null,
      updated_at integer not null,
      system_prompt text not null,
      model text,
      parameters text not null,
      leaf_id text,
      deleted_at integer
    ) strict;
    create index chats_by_person on chats (person_id, deleted_at, pinned, updated_at);

    create table messages (
      id text primary key,
      chat_id text not null references chats (id) on delete cascade,
      -- No cascade: SQLite follows at most 1,000 levels, and a long chat is deeper. Messages go with their chat.
      parent_id text references messages (id),
      role text not null check (role in ('user', 'assistant')),
      created_at integer not null,
      text text not null,
      model text,
      parts text,
      chunk_count integer,
      status text,
      error text,
      receipt text,
      token_digest text,
      tokens blob
    ) strict;
    create index messages_by_chat on messages (chat_id);
    create index messages_by_parent on messages (parent_id);
    create index messages_unfinished on messages (status) where status in ('waiting', 'streaming');

    create table attachments (
      id text primary key,
      person_id text not null references persons (id) on delete cascade,
      name text not null,
      media_type text not null,
      size_bytes integer not null,
      characters integer not null,
      tokens integer not null,
      pages integer,
      page_range text,
      page_texts text not null,
      created_at integer not null
    ) strict;
    create table message_attachments (
      message_id text not null references messages (id) on delete cascade,
      position integer not null,
      attachment_id text not null references attachments (id),
      primary key (message_id, position)
    ) strict, without rowid;
    create index message_attachments_by_attachment on message_attachments (attachment_id);

    create table presets (
      id text primary key,
      person_id text not null references persons (id) on delete cascade,
      name text not null,
      system_prompt text not null,
      parameters text not null,
      created_at integer not null
    ) strict;

    create table model_preferences (
      model_id text primary key,
      options text not null,
      system_prompt text not null
    ) strict;

    -- One entry for each title (message_id is null) and each message; its words are in search_words
    -- under the same row id. The words are index text (CJK as bigrams), so only the index is kept.
    create table search_entries (
      id integer primary key,
      chat_id text not null references chats (id) on delete cascade,
      message_id text unique references messages (id) on delete cascade
    ) strict;
    create index search_entries_by_chat on search_entries (chat_id);
    create unique index search_titles on search_entries (chat_id) where message_id is null;
    create virtual table search_words using fts5(
      words, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2'
    );
    create trigger search_entries_removed after delete on search_entries begin
      delete from search_words where rowid = old.id;
    end;
  `,
};
