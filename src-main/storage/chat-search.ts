import { sql } from 'kysely';
import type { SearchHit, SearchTerm } from '../chats/ports.ts';
import { toChat, toMessage } from './chat-rows.ts';
import { selectMessages } from './message-query.ts';
import type { Database } from './open-database.ts';
import { matchTerm } from './search-index.ts';

interface SearchQuery {
  readonly personId: string;
  readonly terms: readonly SearchTerm[];
  readonly limit: number;
}

interface BestEntry {
  readonly chat_id: string;
  readonly message_id: string | null;
  /** Smaller is better. */
  readonly score: number;
}

/** A match in a title is worth this many in a message. */
const titleWeight = 3;

/** Chats in which every term occurs somewhere, each with its best entry, best chat first. */
export async function searchChats(
  database: Database,
  { personId, terms, limit }: SearchQuery,
): Promise<readonly SearchHit[]> {
  if (terms.length === 0) return [];
  const entries = await selectBestEntries(database, { personId, terms, limit }).execute();
  if (entries.length === 0) return [];
  const messageIds = entries.flatMap(({ message_id: id }) => (id === null ? [] : [id]));
  const [chatRows, messageRows] = await Promise.all([
    database
      .selectFrom('chats')
      .selectAll()
      .where(
        'id',
        'in',
        entries.map((entry) => entry.chat_id),
      )
      .execute(),
    messageIds.length === 0 ? [] : selectMessages(database).where('id', 'in', messageIds).execute(),
  ]);
  const chats = new Map(chatRows.map((row) => [row.id, toChat(row)]));
  const messages = new Map(messageRows.map((row) => [row.id, toMessage(row)]));
  return entries.flatMap((entry) => {
    const chat = chats.get(entry.chat_id);
    if (chat === undefined) return [];
    const message = messages.get(entry.message_id ?? '');
    return [message === undefined ? { chat } : { chat, message }];
  });
}

function selectBestEntries(database: Database, { personId, terms, limit }: SearchQuery) {
  const matches = terms.map(matchTerm);
  const everyTerm = sql.join(
    matches.map(
      (match) => sql`entry.chat_id in (
        select found.chat_id from search_words join search_entries as found
        on found.id = search_words.rowid where search_words match ${match}
      )`,
    ),
    sql` and `,
  );
  // With min() SQLite takes the other columns from the row that holds the minimum.
  const best = sql<BestEntry>`(
    select entry.chat_id, entry.message_id,
      min(search_words.rank * iif(entry.message_id is null, ${titleWeight}, 1)) as score
    from search_words
      join search_entries as entry on entry.id = search_words.rowid
      join chats on chats.id = entry.chat_id
    where search_words match ${matches.join(' OR ')}
      and chats.person_id = ${personId} and chats.deleted_at is null and ${everyTerm}
    group by entry.chat_id
  )`;
  return database.selectFrom(best.as('best')).selectAll().orderBy('score').limit(limit);
}
