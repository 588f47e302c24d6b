import { sql, type Transaction } from 'kysely';
import type {
  AnswerTokens,
  AnswerUpdate,
  AssistantMessage,
  Chat,
  ChatPatch,
  ChatStore,
  Message,
  NewTurn,
  SearchHit,
  SearchTerm,
} from '../chats/ports.ts';
import { answerRow, readTokens, toChat, tokenColumns, toMessage, userRow } from './chat-rows.ts';
import { searchChats } from './chat-search.ts';
import { writeJson } from './columns.ts';
import { selectMessages } from './message-query.ts';
import type { Database } from './open-database.ts';
import type { DatabaseSchema } from './schema.ts';
import { indexWords } from './search-index.ts';

const unfinished = ['waiting', 'streaming'];

type PurgeLimits = Parameters<ChatStore['purge']>[0];

/** Conversations in the database, with their search words. */
export class SqlChatStore implements ChatStore {
  private readonly database: Database;

  constructor(database: Database) {
    this.database = database;
  }

  async list(personId: string): Promise<readonly Chat[]> {
    const rows = await this.database
      .selectFrom('chats')
      .selectAll()
      .where('person_id', '=', personId)
      .where('deleted_at', 'is', null)
      .orderBy('pinned', 'desc')
      .orderBy('updated_at', 'desc')
      .execute();
    return rows.map(toChat);
  }

  search(
    personId: string,
    terms: readonly SearchTerm[],
    limit: number,
  ): Promise<readonly SearchHit[]> {
    return searchChats(this.database, { personId, terms, limit });
  }

  async insert(personId: string, chat: Chat): Promise<void> {
    await this.database
      .insertInto('chats')
      .values({
        id: chat.id,
        person_id: personId,
        title: chat.title,
        pinned: chat.pinned ? 1 : 0,
        created_at: chat.createdAt,
        updated_at: chat.updatedAt,
        system_prompt: chat.systemPrompt,
        model: chat.model ?? null,
        parameters: JSON.stringify(chat.parameters),
        leaf_id: chat.leafId,
        deleted_at: null,
      })
      .execute();
  }

  async find(personId: string, chatId: string): Promise<Chat | undefined> {
    const row = await this.database
      .selectFrom('chats')
      .selectAll()
      .where('id', '=', chatId)
      .where('person_id', '=', personId)
      .where('deleted_at', 'is', null)
      .executeTakeFirst();
    return row && toChat(row);
  }

  async messages(chatId: string): Promise<readonly Message[]> {
    const rows = await selectMessages(this.database).where('chat_id', '=', chatId).execute();
    return rows.map(toMessage);
  }

  update(chatId: string, patch: ChatPatch, titleIndexText?: string): Promise<void> {
    return this.atomically((transaction) => updateChat(transaction, chatId, patch, titleIndexText));
  }

  async setDeleted(personId: string, chatId: string, deletedAt: number | null): Promise<boolean> {
    const { numUpdatedRows } = await this.database
      .updateTable('chats')
      .set({ deleted_at: deletedAt })
      .where('id', '=', chatId)
      .where('person_id', '=', personId)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  addTurn(turn: NewTurn): Promise<void> {
    return this.atomically((transaction) => addTurn(transaction, turn));
  }

  updateAnswer(answerId: string, update: AnswerUpdate): Promise<void> {
    return this.atomically((transaction) => updateAnswer(transaction, answerId, update));
  }

  async answerTokens(answerId: string): Promise<AnswerTokens | undefined> {
    const row = await this.database
      .selectFrom('messages')
      .select(['token_digest', 'tokens'])
      .where('id', '=', answerId)
      .executeTakeFirst();
    if (row === undefined || row.token_digest === null || row.tokens === null) return undefined;
    return { digest: row.token_digest, tokens: readTokens(row.tokens) };
  }

  async unfinishedAnswers(): Promise<readonly AssistantMessage[]> {
    const rows = await selectMessages(this.database).where('status', 'in', unfinished).execute();
    return rows.map(toMessage).filter((message) => message.role === 'assistant');
  }

  async purge({ deletedBefore, unsentBefore }: PurgeLimits): Promise<void> {
    await this.database.deleteFrom('chats').where('deleted_at', '<', deletedBefore).execute();
    await this.database
      .deleteFrom('attachments')
      .where('created_at', '<', unsentBefore)
      .where(
        sql<boolean>`not exists (select 1 from message_attachments where attachment_id = attachments.id)`,
      )
      .execute();
  }

  private atomically<T>(
    work: (transaction: Transaction<DatabaseSchema>) => Promise<T>,
  ): Promise<T> {
    return this.database.transaction().execute(work);
  }
}

async function updateChat(
  transaction: Transaction<DatabaseSchema>,
  chatId: string,
  patch: ChatPatch,
  titleIndexText: string | undefined,
): Promise<void> {
  const columns = {
    ...(patch.title !== undefined && { title: patch.title }),
    ...(patch.pinned !== undefined && { pinned: patch.pinned ? 1 : 0 }),
    ...(patch.systemPrompt !== undefined && { system_prompt: patch.systemPrompt }),
    ...(patch.model !== undefined && { model: patch.model }),
    ...(patch.parameters !== undefined && { parameters: JSON.stringify(patch.parameters) }),
    ...(patch.leafId !== undefined && { leaf_id: patch.leafId }),
    ...(patch.updatedAt !== undefined && { updated_at: patch.updatedAt }),
  };
  if (Object.keys(columns).length > 0) {
    await transaction.updateTable('chats').set(columns).where('id', '=', chatId).execute();
  }
  if (titleIndexText !== undefined) {
    await indexWords(transaction, { chatId, messageId: null, words: titleIndexText });
  }
}

async function addTurn(transaction: Transaction<DatabaseSchema>, turn: NewTurn): Promise<void> {
  const { chatId, user, answer } = turn;
  if (user !== undefined) {
    await transaction.insertInto('messages').values(userRow(user)).execute();
    await indexWords(transaction, { chatId, messageId: user.id, words: turn.userIndexText });
    if (user.attachments.length > 0) {
      await transaction
        .insertInto('message_attachments')
        .values(
          user.attachments.map((attachment, position) => ({
            message_id: user.id,
            position,
            attachment_id: attachment.id,
          })),
        )
        .execute();
    }
  }
  await transaction.insertInto('messages').values(answerRow(answer)).execute();
  const { title, updatedAt } = turn;
  const patch: ChatPatch = { leafId: answer.id, model: answer.model, updatedAt };
  const titled = title === undefined ? patch : { ...patch, title };
  await updateChat(transaction, chatId, titled, turn.titleIndexText);
}

async function updateAnswer(
  transaction: Transaction<DatabaseSchema>,
  answerId: string,
  update: AnswerUpdate,
): Promise<void> {
  const row = await transaction
    .updateTable('messages')
    .set({
      parts: JSON.stringify(update.parts),
      chunk_count: update.chunkCount,
      status: update.status,
      error: writeJson(update.error),
      receipt: writeJson(update.receipt),
      ...tokenColumns(update.tokens),
    })
    .where('id', '=', answerId)
    .returning('chat_id')
    .executeTakeFirst();
  // Without a row its chat was erased meanwhile: nothing to keep.
  if (row === undefined || update.indexText === undefined) return;
  await indexWords(transaction, {
    chatId: row.chat_id,
    messageId: answerId,
    words: update.indexText,
  });
}
