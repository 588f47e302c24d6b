import { CompiledQuery } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AssistantMessage, Chat, UserMessage } from '../chats/ports.ts';
import { indexText, parseSearch } from '../chats/search.ts';
import { newId } from '../core/identity.ts';
import { openTestDatabase, type TestDatabase } from '../testing/open-test-database.ts';
import { createAttachmentStore } from './attachment-store.ts';
import { SqlChatStore } from './chat-store.ts';
import { createPresetStore } from './preset-store.ts';

let opened: TestDatabase;
let store: SqlChatStore;
let nextCreatedAt = 1_000;

beforeEach(async () => {
  opened = await openTestDatabase();
  store = new SqlChatStore(opened.database);
});
afterEach(async () => {
  await opened[Symbol.asyncDispose]();
});

function chatOf(title: string, at = 1_000): Chat {
  return {
    id: newId(),
    title,
    pinned: false,
    createdAt: at,
    updatedAt: at,
    systemPrompt: '',
    parameters: { temperature: 0.5, reasoning: 'on' },
    leafId: null,
  };
}

function userMessage(chatId: string, text: string, parentId: string | null = null): UserMessage {
  nextCreatedAt += 1;
  return {
    id: newId(),
    chatId,
    parentId,
    createdAt: nextCreatedAt,
    role: 'user',
    text,
    attachments: [],
  };
}

function answerTo(user: UserMessage, text: string): AssistantMessage {
  return {
    id: newId(),
    chatId: user.chatId,
    parentId: user.id,
    createdAt: user.createdAt,
    role: 'assistant',
    model: 'guide',
    parts: [{ type: 'text', text }],
    chunkCount: 1,
    status: 'done',
  };
}

/** Adds a question and its answer, both searchable; returns the answer's id. */
async function addTurn(
  chat: Chat,
  question: string,
  answer: string,
  parentId: string | null = null,
): Promise<string> {
  const user = userMessage(chat.id, question, parentId);
  const reply = answerTo(user, answer);
  const { parts, chunkCount, status } = reply;
  await store.addTurn({
    chatId: chat.id,
    user,
    answer: reply,
    updatedAt: chat.updatedAt,
    userIndexText: indexText(question),
  });
  await store.updateAnswer(reply.id, { parts, chunkCount, status, indexText: indexText(answer) });
  return reply.id;
}

async function newChat(title: string, at?: number): Promise<Chat> {
  const chat = chatOf(title, at);
  await store.insert(opened.ownerId, chat);
  await store.update(chat.id, {}, indexText(title));
  return chat;
}

async function titlesFound(query: string): Promise<string[]> {
  const hits = await store.search(opened.ownerId, parseSearch(query).terms, 50);
  return hits.map(({ chat }) => chat.title);
}

/** Counts the rows of a table, also of the word index. */
async function count(table: string): Promise<unknown> {
  const { rows } = await opened.database.executeQuery<{ n: number }>(
    CompiledQuery.raw(`select count(*) as n from ${table}`),
  );
  return rows[0]?.n;
}

describe('search', () => {
  test('finds words of titles, questions and answers, in any case and accent', async () => {
    await newChat('Grinding flour');
    const asked = await newChat('Second');
    await addTurn(asked, 'How does a Café roast?', 'Slowly.');
    const answered = await newChat('Third');
    await addTurn(answered, 'Why?', 'Because waterwheels turn.');
    expect(await titlesFound('FLOUR')).toEqual(['Grinding flour']);
    expect(await titlesFound('cafe')).toEqual(['Second']);
    expect(await titlesFound('waterw')).toEqual(['Third']);
    expect(await titlesFound('wheels')).toEqual([]);
    expect(await titlesFound('nothing')).toEqual([]);
    expect(await titlesFound('?!')).toEqual([]);
  });

  test.each([
    ['天气', '今天天气好'],
    ['好', '今天天气好'],
    ['今天天', '今天天气好'],
    ['ＧＰＵ', '用GPU跑模型'],
    ['用GPU', '用GPU跑模型'],
    ['模型 gpu', '用GPU跑模型'],
    ['サーバ', 'サーバーの設定'],
    ['모델', '모델을 실행'],
  ])('finds %s in %s', async (query, words) => {
    const chat = await newChat('hit');
    await addTurn(chat, words, '…');
    await addTurn(await newChat('other'), '完全不同的内容', 'GP');
    expect(await titlesFound(query)).toEqual(['hit']);
  });

  test('characters that stand apart are not a word', async () => {
    await addTurn(await newChat('apart'), '天空和气球', '…');
    expect(await titlesFound('天气')).toEqual([]);
  });

  test('all words must occur, though not in the same message; only the last may be unfinished', async () => {
    const chat = await newChat('wheel');
    await addTurn(chat, 'the river runs', 'towards the sea');
    await addTurn(await newChat('partial'), 'the river', 'is dry');
    expect(await titlesFound('river sea wheel')).toEqual(['wheel']);
    expect(await titlesFound('riv sea')).toEqual([]);
    expect(await titlesFound('sea riv')).toEqual(['wheel']);
  });

  test('the best match comes first and names its message', async () => {
    const often = await newChat('often');
    const answerId = await addTurn(often, 'stone stone stone', 'stone mill stone');
    await addTurn(await newChat('once'), `a stone ${'and much else '.repeat(50)}`, 'yes');
    await addTurn(await newChat('Stone mills'), 'unrelated', 'words');
    expect(await titlesFound('stone')).toEqual(['Stone mills', 'often', 'once']);
    const [hit] = await store.search(opened.ownerId, parseSearch('stone mill').terms, 50);
    expect(hit?.chat.title).toBe('Stone mills');
    const [, second] = await store.search(opened.ownerId, parseSearch('mill').terms, 50);
    expect(second?.message?.id).toBe(answerId);
  });

  test('quotes and operators are only characters', async () => {
    await newChat('plain');
    for (const query of ['"', 'a" OR "b', 'NEAR(', '*', '-x', "'; drop table chats; --"]) {
      expect(await titlesFound(query)).toEqual([]);
    }
    expect(await titlesFound('plain')).toEqual(['plain']);
  });

  test('a new title, hidden chats and erased chats are followed', async () => {
    const chat = await newChat('before');
    await store.update(chat.id, { title: 'after' }, indexText('after'));
    expect(await titlesFound('before')).toEqual([]);
    expect(await titlesFound('after')).toEqual(['after']);
    await store.setDeleted(opened.ownerId, chat.id, 5);
    expect(await titlesFound('after')).toEqual([]);
    await store.purge({ deletedBefore: 6, unsentBefore: 0 });
    expect(await count('search_entries')).toBe(0);
    expect(await count('search_words')).toBe(0);
  });

  test('10,000 messages are searched, rare and common words alike', async () => {
    const { database } = opened;
    await database.transaction().execute(async (transaction) => {
      const inside = new SqlChatStore(transaction);
      // A store over a transaction cannot open another one; the rows are written as it would.
      for (let index = 0; index < 100; index += 1) {
        const chat = chatOf(`chat ${index}`);
        await inside.insert(opened.ownerId, chat);
        const rows = Array.from({ length: 100 }, (_, message) => ({
          user: userMessage(chat.id, ''),
          text: `the mill grinds ${index}x${message} 天气`,
        }));
        await transaction
          .insertInto('messages')
          .values(
            rows.map(({ user, text }) => ({
              id: user.id,
              chat_id: chat.id,
              parent_id: null,
              role: 'user',
              created_at: 1,
              text,
              model: null,
              parts: null,
              chunk_count: null,
              status: null,
              error: null,
              receipt: null,
              token_digest: null,
              tokens: null,
            })),
          )
          .execute();
        const entries = await transaction
          .insertInto('search_entries')
          .values(rows.map(({ user }) => ({ chat_id: chat.id, message_id: user.id })))
          .returning(['id', 'message_id'])
          .execute();
        const texts = new Map(rows.map(({ user, text }) => [user.id, text]));
        await transaction
          .insertInto('search_words')
          .values(
            entries.map(({ id, message_id: messageId }) => ({
              rowid: id,
              words: indexText(texts.get(messageId ?? '') ?? ''),
            })),
          )
          .execute();
      }
    });
    expect(await titlesFound('42x17')).toEqual(['chat 42']);
    expect(await titlesFound('天气 77x5')).toHaveLength(1);
    expect(await titlesFound('mill 天气')).toHaveLength(50);
  });
});

describe('big chats', () => {
  test('2,000 messages load in one query, in order, and can be erased', async () => {
    const chat = await newChat('long');
    let parentId: string | null = null;
    for (let index = 0; index < 1_000; index += 1) {
      parentId = await addTurn(chat, `question ${index}`, `answer ${index}`, parentId);
    }
    let queries = 0;
    const counting = new SqlChatStore(
      opened.database.withPlugin({
        transformQuery({ node }) {
          queries += 1;
          return node;
        },
        transformResult: ({ result }) => Promise.resolve(result),
      }),
    );
    const messages = await counting.messages(chat.id);
    expect(queries).toBe(1);
    expect(messages).toHaveLength(2_000);
    for (const [index, message] of messages.entries()) {
      expect(message.parentId).toBe(messages[index - 1]?.id ?? null);
    }
    await store.setDeleted(opened.ownerId, chat.id, 5);
    await store.purge({ deletedBefore: 6, unsentBefore: 0 });
    expect(await count('messages')).toBe(0);
  });
});

describe('chats', () => {
  test('everything given is given back', async () => {
    const chat = await newChat('whole');
    const answerId = await addTurn(chat, 'Why?', 'Because.');
    const error = { code: 'engine-crashed' as const, message: 'Gone', retryAfterMs: 5 };
    const usage = { promptTokens: 1, cachedTokens: 2, completionTokens: 3, reasoningTokens: 4 };
    const timings = { queuedMs: 1, loadMs: 2, prefillMs: 3, firstTokenMs: 4, decodeMs: 5.5 };
    const receipt = { model: 'm', machine: 'here', usage, timings, finishReason: 'length' };
    const parts: AssistantMessage['parts'] = [
      { type: 'reasoning', text: 'Hm', durationMs: 12 },
      { type: 'tool-call', id: 'c', name: 'look', arguments: '{"x":1}' },
      { type: 'text', text: 'Done 好' },
    ];
    const tokens = { digest: 'd', tokens: [0, 1, 4_294_967_295] };
    const result = { parts, chunkCount: 9, status: 'failed' as const, error, receipt };
    await store.updateAnswer(answerId, { ...result, tokens });
    const [, answer] = await store.messages(chat.id);
    expect(answer).toMatchObject(result);
    expect(await store.answerTokens(answerId)).toEqual(tokens);
    expect(await store.find(opened.ownerId, chat.id)).toEqual({
      ...chat,
      model: 'guide',
      leafId: answerId,
    });
  });

  test('the list is pinned first, then newest, and only the own', async () => {
    await newChat('old', 1);
    const pinned = await newChat('pinned', 2);
    await newChat('new', 3);
    await store.update(pinned.id, { pinned: true });
    expect((await store.list(opened.ownerId)).map(({ title }) => title)).toEqual([
      'pinned',
      'new',
      'old',
    ]);
    expect(await store.list('somebody-else')).toEqual([]);
    expect(await store.find('somebody-else', pinned.id)).toBeUndefined();
    expect(await store.setDeleted('somebody-else', pinned.id, 1)).toBe(false);
    expect(await store.search('somebody-else', parseSearch('pinned').terms, 5)).toEqual([]);
  });

  test('only what was hidden long enough is erased, and a restored chat never', async () => {
    const early = await newChat('early');
    const late = await newChat('late');
    const restored = await newChat('restored');
    await store.setDeleted(opened.ownerId, early.id, 10);
    await store.setDeleted(opened.ownerId, late.id, 20);
    await store.setDeleted(opened.ownerId, restored.id, 10);
    await store.setDeleted(opened.ownerId, restored.id, null);
    await store.purge({ deletedBefore: 15, unsentBefore: 0 });
    expect(await store.setDeleted(opened.ownerId, early.id, null)).toBe(false);
    expect(await store.setDeleted(opened.ownerId, late.id, null)).toBe(true);
    expect((await store.list(opened.ownerId)).map(({ title }) => title).sort()).toEqual([
      'late',
      'restored',
    ]);
  });
});

describe('files and presets', () => {
  const file = (name: string) => ({
    attachment: {
      id: newId(),
      name,
      mediaType: 'application/pdf',
      sizeBytes: 10,
      characters: 4,
      pages: 2,
      pageRange: '1',
      tokens: 1,
      isImage: false,
    },
    pageTexts: ['one', 'two'],
  });

  test('a picture is kept as its bytes and says that it is one', async () => {
    const files = createAttachmentStore(opened.database);
    const { pages: _pages, pageRange: _range, ...facts } = file('cat.png').attachment;
    const attachment = { ...facts, mediaType: 'image/png', isImage: true };
    const picture = new Uint8Array([0x89, 0x50, 0x4e, 0x47]);
    await files.insert(opened.ownerId, { attachment, pageTexts: [], picture }, 5);
    const [stored] = await files.find(opened.ownerId, [attachment.id]);
    expect(stored).toEqual({ attachment, pageTexts: [], picture });
  });

  test('files keep their order with a message, and are erased only when no message holds them', async () => {
    const files = createAttachmentStore(opened.database);
    const [a, b, unsent] = [file('a'), file('b'), file('unsent')];
    for (const stored of [a, b, unsent]) await files.insert(opened.ownerId, stored, 5);
    const chat = await newChat('with files');
    const user = { ...userMessage(chat.id, ''), attachments: [b.attachment, a.attachment] };
    await store.addTurn({
      chatId: chat.id,
      user,
      answer: answerTo(user, ''),
      updatedAt: 1,
      userIndexText: '',
    });
    const [message] = await store.messages(chat.id);
    expect(message).toMatchObject({ attachments: [b.attachment, a.attachment] });
    expect(await files.updateUnsent(a.attachment)).toBe(false);
    expect(await files.updateUnsent({ ...unsent.attachment, pageRange: '2' })).toBe(true);
    await store.purge({ deletedBefore: 0, unsentBefore: 6 });
    const ids = [unsent, a, b].map(({ attachment }) => attachment.id);
    expect(await files.find(opened.ownerId, ids)).toEqual([a, b]);
    expect(await files.find('somebody-else', ids)).toEqual([]);
  });

  test('presets are one person’s own', async () => {
    const presets = createPresetStore(opened.database);
    const preset = {
      id: newId(),
      name: 'Terse',
      systemPrompt: 'Be brief',
      parameters: { topK: 1 },
    };
    await presets.insert(opened.ownerId, preset, 1);
    expect(await presets.list(opened.ownerId)).toEqual([preset]);
    expect(await presets.list('somebody-else')).toEqual([]);
    expect(await presets.update('somebody-else', preset)).toBe(false);
    expect(await presets.update(opened.ownerId, { ...preset, name: 'Curt' })).toBe(true);
    expect((await presets.list(opened.ownerId))[0]?.name).toBe('Curt');
    expect(await presets.remove('somebody-else', preset.id)).toBe(false);
    expect(await presets.remove(opened.ownerId, preset.id)).toBe(true);
    expect(await presets.list(opened.ownerId)).toEqual([]);
  });
});
