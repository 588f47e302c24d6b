import type {
  AnswerStatus,
  AnswerTokens,
  AssistantMessage,
  Attachment,
  Chat,
  Message,
  UserMessage,
} from '../chats/ports.ts';
import {
  optional,
  readAttachments,
  readError,
  readParameters,
  readParts,
  readReceipt,
  same,
  writeJson,
} from './columns.ts';
import type { ChatsTable, MessagesTable } from './schema.ts';

/** A message's row without its token ids, with the facts of its files as JSON. */
export interface MessageRow extends Omit<MessagesTable, 'tokens' | 'token_digest'> {
  readonly attachments: string;
}

export function toChat(row: ChatsTable): Chat {
  return {
    id: row.id,
    title: row.title,
    pinned: row.pinned === 1,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    systemPrompt: row.system_prompt,
    ...optional('model', row.model, same),
    parameters: readParameters(row.parameters),
    leafId: row.leaf_id,
  };
}

export function toMessage(row: MessageRow): Message {
  const base = {
    id: row.id,
    chatId: row.chat_id,
    parentId: row.parent_id,
    createdAt: row.created_at,
  };
  if (row.role === 'user') {
    const attachments: Attachment[] = readAttachments(row.attachments);
    return { ...base, role: 'user', text: row.text, attachments };
  }
  return {
    ...base,
    role: 'assistant',
    model: row.model ?? '',
    parts: readParts(row.parts ?? '[]'),
    chunkCount: row.chunk_count ?? 0,
    status: answerStatus(row.status),
    ...optional('error', row.error, readError),
    ...optional('receipt', row.receipt, readReceipt),
  };
}

export function userRow(message: UserMessage): MessagesTable {
  return { ...emptyRow(message), role: 'user', text: message.text };
}

export function answerRow(message: AssistantMessage): MessagesTable {
  return {
    ...emptyRow(message),
    role: 'assistant',
    model: message.model,
    parts: JSON.stringify(message.parts),
    chunk_count: message.chunkCount,
    status: message.status,
    error: writeJson(message.error),
    receipt: writeJson(message.receipt),
  };
}

export function tokenColumns(
  tokens: AnswerTokens | undefined,
): Pick<MessagesTable, 'tokens' | 'token_digest'> {
  if (tokens === undefined) return { token_digest: null, tokens: null };
  const bytes = new Uint8Array(tokens.tokens.length * 4);
  const view = new DataView(bytes.buffer);
  tokens.tokens.forEach((token, index) => {
    view.setUint32(index * 4, token, true);
  });
  return { token_digest: tokens.digest, tokens: bytes };
}

export function readTokens(bytes: Uint8Array): readonly number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.byteLength / 4 }, (_, index) =>
    view.getUint32(index * 4, true),
  );
}

function emptyRow(message: Message): MessagesTable {
  return {
    id: message.id,
    chat_id: message.chatId,
    parent_id: message.parentId,
    role: message.role,
    created_at: message.createdAt,
    text: '',
    model: null,
    parts: null,
    chunk_count: null,
    status: null,
    error: null,
    receipt: null,
    token_digest: null,
    tokens: null,
  };
}

function answerStatus(status: string | null): AnswerStatus {
  switch (status) {
    case 'waiting':
    case 'streaming':
    case 'done':
    case 'stopped':
    case 'failed':
      return status;
    default:
      return 'interrupted';
  }
}
