import type { ExpressionBuilder } from 'kysely';
import type { Attachment, AttachmentStore } from '../chats/ports.ts';
import { optional, readTexts, same } from './columns.ts';
import type { Database } from './open-database.ts';
import type { AttachmentsTable, DatabaseSchema } from './schema.ts';

export function createAttachmentStore(database: Database): AttachmentStore {
  return {
    async insert(personId, { attachment, pageTexts, picture }, createdAt) {
      await database
        .insertInto('attachments')
        .values({
          id: attachment.id,
          person_id: personId,
          name: attachment.name,
          media_type: attachment.mediaType,
          size_bytes: attachment.sizeBytes,
          characters: attachment.characters,
          tokens: attachment.tokens,
          pages: attachment.pages ?? null,
          page_range: attachment.pageRange ?? null,
          page_texts: JSON.stringify(pageTexts),
          picture: picture ?? null,
          created_at: createdAt,
        })
        .execute();
    },
    async find(personId, ids) {
      if (ids.length === 0) return [];
      const rows = await database
        .selectFrom('attachments')
        .selectAll()
        .where('person_id', '=', personId)
        .where('id', 'in', [...new Set(ids)])
        .execute();
      const byId = new Map(rows.map((row) => [row.id, row]));
      return ids.flatMap((id) => {
        const row = byId.get(id);
        if (row === undefined) return [];
        const { page_texts: texts, picture } = row;
        const attachment = toAttachment(row);
        return [{ attachment, pageTexts: readTexts(texts), ...optional('picture', picture, same) }];
      });
    },
    async updateUnsent(attachment) {
      const { numUpdatedRows } = await database
        .updateTable('attachments')
        .set({
          characters: attachment.characters,
          tokens: attachment.tokens,
          page_range: attachment.pageRange ?? null,
        })
        .where('id', '=', attachment.id)
        .where(isUnsent(attachment.id))
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },
  };
}

/** No message holds it yet. */
function isUnsent(attachmentId: string) {
  return (where: ExpressionBuilder<DatabaseSchema, 'attachments'>) =>
    where.not(
      where.exists(
        where
          .selectFrom('message_attachments')
          .select('message_id')
          .where('attachment_id', '=', attachmentId),
      ),
    );
}

/** The facts of a file without its text. */
export function toAttachment(
  row: Omit<AttachmentsTable, 'person_id' | 'page_texts' | 'picture' | 'created_at'>,
): Attachment {
  return {
    id: row.id,
    name: row.name,
    mediaType: row.media_type,
    sizeBytes: row.size_bytes,
    characters: row.characters,
    ...optional('pages', row.pages, same),
    ...optional('pageRange', row.page_range, same),
    tokens: row.tokens,
    isImage: row.media_type.startsWith('image/'),
  };
}
