import { sql } from 'kysely';
import type { Database } from './open-database.ts';

/** Messages, oldest first, each with its files' facts, in one statement. Token ids stay behind. */
export function selectMessages(database: Database) {
  return (
    database
      .selectFrom('messages')
      .select([
        'id',
        'chat_id',
        'parent_id',
        'role',
        'created_at',
        'text',
        'model',
        'parts',
        'chunk_count',
        'status',
        'error',
        'receipt',
        attachmentFacts.as('attachments'),
      ])
      .orderBy('created_at')
      // A message and its answer are made in the same millisecond: the person's comes first.
      .orderBy('role', 'desc')
      .orderBy('id')
  );
}

const attachmentFacts = sql<string>`(
  select json_group_array(json_object(
    'id', file.id, 'name', file.name, 'mediaType', file.media_type, 'sizeBytes', file.size_bytes,
    'characters', file.characters, 'pages', file.pages, 'pageRange', file.page_range,
    'tokens', file.tokens
  ) order by used.position)
  from message_attachments as used join attachments as file on file.id = used.attachment_id
  where used.message_id = messages.id
)`;
