import { randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { quoted } from './readable-rows.ts';

const parts = z.array(z.object({ type: z.string(), text: z.string().optional() }));

/**
 * Puts right what rows say about rows that are lost: people and chats that are still spoken of come back
 * under a makeshift name, answers hang on what is left of their chat, and the rest is dropped. Then every
 * text is indexed anew.
 */
export function mendReferences(database: DatabaseSync, indexText: (text: string) => string): void {
  makeUpPeople(database);
  makeUpChats(database);
  hangMessages(database);
  dropOrphans(database);
  indexTexts(database, indexText);
}

/** Chats belong to the owner alone: whoever has some is the owner, where none is known. */
function makeUpPeople(database: DatabaseSync): void {
  const hasOwner = (): boolean =>
    database.prepare("select 1 from persons where role = 'owner'").get() !== undefined;
  const insert = database.prepare(
    'insert or ignore into persons (id, name, role, created_at) values (?, ?, ?, 0)',
  );
  for (const table of ['chats', 'api_keys', 'presets', 'attachments']) {
    const missing = database
      .prepare(
        `select person_id as id from ${quoted(table)} where person_id not in (select id from persons) group by person_id order by count(*) desc`,
      )
      .all();
    for (const { id } of missing) {
      const isOwner = table === 'chats' && !hasOwner();
      insert.run(String(id), isOwner ? 'Owner' : 'Recovered', isOwner ? 'owner' : 'member');
    }
  }
  const hasMessages = database.prepare('select 1 from messages limit 1').get() !== undefined;
  if (hasMessages && !hasOwner()) insert.run(randomUUID(), 'Owner', 'owner');
  const columns = database.prepare('select name from pragma_table_info(?)').all('persons');
  if (!columns.some(({ name }) => name === 'has_account')) return;
  database.exec("update persons set has_account = 1 where role = 'owner'");
}

/** Messages of a chat whose own row is lost are shown in one that is made up for them. */
function makeUpChats(database: DatabaseSync): void {
  const owner = database.prepare("select id from persons where role = 'owner' limit 1").get()?.[
    'id'
  ];
  if (typeof owner !== 'string') return;
  database
    .prepare(
      `insert into chats (id, person_id, title, pinned, created_at, updated_at, system_prompt, parameters)
       select chat_id, ?, 'Recovered', 0, min(created_at), max(created_at), '', '{}'
       from messages where chat_id not in (select id from chats) group by chat_id`,
    )
    .run(owner);
}

/** What answered a lost message follows the message before it in time; a chat ends in its last message. */
function hangMessages(database: DatabaseSync): void {
  database.exec(`
    update messages set parent_id = (
      select before.id from messages as before
      where before.chat_id = messages.chat_id and before.rowid < messages.rowid
        and before.role <> messages.role
      order by before.rowid desc limit 1
    )
    where parent_id is not null and parent_id not in (select id from messages);
    update chats set leaf_id = (
      select id from messages where chat_id = chats.id order by messages.rowid desc limit 1
    )
    where leaf_id is not null and leaf_id not in (select id from messages where chat_id = chats.id);
    update chats set leaf_id = (
      select id from messages where chat_id = chats.id order by messages.rowid desc limit 1
    )
    where leaf_id is null;
  `);
}

function dropOrphans(database: DatabaseSync): void {
  // Who is dropped may be what another row speaks of.
  for (;;) {
    const orphans = database.prepare('pragma foreign_key_check').all();
    const withRowId = orphans.filter(({ rowid }) => rowid !== null);
    for (const { table, rowid } of withRowId) {
      database.prepare(`delete from ${quoted(String(table))} where rowid = ?`).run(Number(rowid));
    }
    const others = new Set(
      orphans.filter(({ rowid }) => rowid === null).map(({ table }) => String(table)),
    );
    for (const table of others) dropKeylessOrphans(database, table);
    if (orphans.length === 0) return;
  }
}

/** Of a table without row ids the check does not say which row it is. */
function dropKeylessOrphans(database: DatabaseSync, table: string): void {
  const references = database.prepare('select * from pragma_foreign_key_list(?)').all(table);
  for (const { from, table: parent, to } of references) {
    const column = quoted(String(from));
    const key = quoted(String(to ?? 'id'));
    database.exec(
      `delete from ${quoted(table)} where ${column} is not null and ${column} not in (select ${key} from ${quoted(String(parent))})`,
    );
  }
}

function indexTexts(database: DatabaseSync, indexText: (text: string) => string): void {
  const addEntry = database.prepare(
    'insert into search_entries (chat_id, message_id) values (?, ?) returning id',
  );
  const addWords = database.prepare('insert into search_words (rowid, words) values (?, ?)');
  const add = (chatId: unknown, messageId: string | null, text: string): void => {
    const entry = addEntry.get(String(chatId), messageId);
    addWords.run(Number(entry?.['id']), indexText(text));
  };
  for (const { id, title } of database.prepare('select id, title from chats').all()) {
    add(id, null, String(title));
  }
  const messages = database.prepare('select id, chat_id, text, parts from messages').all();
  for (const { id, chat_id: chatId, text, parts: said } of messages) {
    add(chatId, String(id), typeof said === 'string' ? answerText(said) : String(text));
  }
}

function answerText(json: string): string {
  try {
    const read = parts.parse(JSON.parse(json));
    return read.map(({ type, text = '' }) => (type === 'text' ? text : '')).join('');
  } catch {
    return ''; // A damaged answer is shown as it is, and not found by its words.
  }
}
