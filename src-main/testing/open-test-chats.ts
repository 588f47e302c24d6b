import { join } from 'node:path';
import { type Chats, createChats } from '../chats/create-chats.ts';
import type { ChatEvent } from '../chats/chat-event.ts';
import type { AssistantMessage, ChatModels } from '../chats/ports.ts';
import type { ChatInput, InferenceChunk, InferenceRequest, ServedBy } from '../core/inference.ts';
import type { TokenUsage } from '../core/usage.ts';
import { createAttachmentStore } from '../storage/attachment-store.ts';
import { SqlChatStore } from '../storage/chat-store.ts';
import { createPresetStore } from '../storage/preset-store.ts';
import { createFakeClock, type FakeClock } from './fake-clock.ts';
import { openTestDatabase, type TestDatabase } from './open-test-database.ts';

export const testDigest = 'd'.repeat(64);
const servedBy: ServedBy = {
  upstream: 'local',
  machine: 'Mill',
  model: 'guide',
  digest: testDigest,
};

/** What a scripted model says to one request; each request takes the next script. */
export type Script = (
  request: InferenceRequest,
  signal: AbortSignal,
) => AsyncIterable<InferenceChunk>;

export interface ScriptedModels extends ChatModels {
  readonly requests: InferenceRequest[];
  readonly scripts: Script[];
  systemPrompt: string;
  knownDigest: string | undefined;
}

/** A model whose every answer is written by the test. */
export function createScriptedModels(...scripts: Script[]): ScriptedModels {
  return {
    requests: [],
    scripts,
    systemPrompt: '',
    knownDigest: testDigest,
    infer(request, { signal }) {
      this.requests.push(request);
      const script = this.scripts.shift();
      if (script === undefined) throw new Error('the test has no script for this request');
      return script(request, signal);
    },
    defaultSystemPrompt() {
      return Promise.resolve(this.systemPrompt);
    },
    digest() {
      return this.knownDigest;
    },
  };
}

export const head: InferenceChunk = { type: 'head', servedBy, headers: {} };

export function usageOf(completionTokens: number): TokenUsage {
  return { promptTokens: 20, cachedTokens: 5, completionTokens, reasoningTokens: 0 };
}

export function text(words: string, ...tokens: number[]): InferenceChunk {
  return { type: 'text', text: words, tokens, usage: usageOf(tokens.length) };
}

export function finish(reason: 'stop' | 'length' = 'stop', completionTokens = 3): InferenceChunk {
  const timings = { queuedMs: 1, loadMs: 0, prefillMs: 5, firstTokenMs: 8, decodeMs: 100 };
  return { type: 'finish', reason, usage: usageOf(completionTokens), timings };
}

/** Says these chunks and ends. */
export function says(...chunks: InferenceChunk[]): Script {
  return async function* () {
    await Promise.resolve();
    yield head;
    yield* chunks;
  };
}

/** Says these chunks, then hangs until it is told to stop. */
export function saysThenHangs(...chunks: InferenceChunk[]): Script {
  return async function* (_request, signal) {
    yield head;
    yield* chunks;
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener('abort', () => resolve(), { once: true });
    });
  };
}

export interface TestChats extends Chats, AsyncDisposable {
  readonly test: TestDatabase;
  readonly store: SqlChatStore;
  readonly models: ScriptedModels;
  readonly clock: FakeClock;
  readonly events: ChatEvent[];
  readonly ownerId: string;
  readonly journalFolder: string;
  readonly logged: string[];
  /** Resolves with the first event, also a past one, that fits. */
  until(fits: (event: ChatEvent) => boolean): Promise<ChatEvent>;
}

/** The whole of chats over a real database, with scripted models and a fake clock. */
export async function openTestChats(...scripts: Script[]): Promise<TestChats> {
  const test = await openTestDatabase();
  const models = createScriptedModels(...scripts);
  const clock = createFakeClock();
  const events: ChatEvent[] = [];
  const logged: string[] = [];
  const waiting = new Set<() => void>();
  const store = new SqlChatStore(test.database);
  const journalFolder = join(test.folder, 'journal');
  const note = (_data: object, sentence: string): void => void logged.push(sentence);
  const chats = createChats({
    store,
    attachments: createAttachmentStore(test.database),
    presets: createPresetStore(test.database),
    models,
    extractor: {
      extract: (_name, body) =>
        Promise.resolve({
          mediaType: 'text/plain',
          pageTexts: new TextDecoder().decode(body).split('\f'),
          hasPages: body.includes(0x0c),
        }),
    },
    journalFolder,
    clock,
    log: { warn: note, error: note },
    publish(event) {
      events.push(event);
      for (const look of waiting) look();
    },
  });
  return {
    ...chats,
    ...{ test, store, models, clock, events, logged, journalFolder },
    ownerId: test.ownerId,
    until: (fits) =>
      new Promise((resolve) => {
        const look = (): void => {
          const event = events.find(fits);
          if (event === undefined) return;
          waiting.delete(look);
          resolve(event);
        };
        waiting.add(look);
        look();
      }),
    async [Symbol.asyncDispose]() {
      await chats.close();
      await test[Symbol.asyncDispose]();
    },
  };
}

/** Whether an answer has come to its end. */
export function isOver(answerId: string): (event: ChatEvent) => boolean {
  return (event) =>
    event.topic === 'chats.answer' &&
    event.data.answerId === answerId &&
    !['waiting', 'streaming'].includes(event.data.status);
}

/** Sends a message, in a new chat unless one is named. */
export async function ask(
  chats: TestChats,
  words: string,
  options: { chatId?: string; parentId?: string | null; attachmentIds?: string[] } = {},
): Promise<{ chatId: string; messageId: string; answerId: string }> {
  const chatId = options.chatId ?? (await chats.chats.create(chats.ownerId, {})).id;
  const sent = await chats.turns.send(chats.ownerId, chatId, {
    parentId: options.parentId ?? null,
    text: words,
    attachmentIds: options.attachmentIds ?? [],
    model: 'guide',
  });
  return { chatId, ...sent };
}

/** An answer as a window would get it now. */
export async function answerOf(
  chats: TestChats,
  chatId: string,
  answerId: string,
): Promise<AssistantMessage> {
  const { messages } = await chats.chats.get(chats.ownerId, chatId);
  return messages.find(({ id }) => id === answerId) as AssistantMessage;
}

/** What the model was asked by its nth request. */
export function chatInput(chats: TestChats, index: number): ChatInput {
  return chats.models.requests[index]?.input as ChatInput;
}

/** The published pieces of one answer. */
export function chunksOf(events: readonly ChatEvent[], answerId: string) {
  return events.flatMap((event) =>
    event.topic === 'chats.chunk' && event.data.answerId === answerId ? [event.data] : [],
  );
}
