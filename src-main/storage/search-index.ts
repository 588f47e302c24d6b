import type { Transaction } from 'kysely';
import type { SearchTerm } from '../chats/ports.ts';
import type { DatabaseSchema } from './schema.ts';

interface IndexEntry {
  readonly chatId: string;
  /** Null for the chat's title. */
  readonly messageId: string | null;
  readonly words: string;
}

/** Replaces the search words of one title or message. */
export async function indexWords(
  transaction: Transaction<DatabaseSchema>,
  { chatId, messageId, words }: IndexEntry,
): Promise<void> {
  // The words themselves go with their entry (a trigger of the schema).
  await transaction
    .deleteFrom('search_entries')
    .where('chat_id', '=', chatId)
    .where('message_id', 'is', messageId)
    .execute();
  const entry = await transaction
    .insertInto('search_entries')
    .values({ chat_id: chatId, message_id: messageId })
    .returning('id')
    .executeTakeFirstOrThrow();
  await transaction.insertInto('search_words').values({ rowid: entry.id, words }).execute();
}

/** One term in FTS5's query language: a quoted phrase, with a star where more may follow. */
export function matchTerm({ tokens, isPrefix }: SearchTerm): string {
  const phrase = `"${tokens.join(' ').replaceAll('"', '""')}"`;
  return isPrefix ? `${phrase} *` : phrase;
}
