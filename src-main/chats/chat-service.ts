import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../core/clock.ts';
import { MillpondError } from '../core/error.ts';
import { newId } from '../core/identity.ts';
import { textOf } from './answer-parts.ts';
import type { AnswerRunner } from './answer-runner.ts';
import type { PublishChatEvent } from './chat-event.ts';
import { newestLeaf } from './chat-tree.ts';
import type { Chat, ChatParameters, ChatSummary, Message } from './conversation.ts';
import { type ChatExport, exportChat } from './export.ts';
import type { ChatPatch, ChatStore, SearchHit } from './ports.ts';
import { type ChatSearch, excerpt, indexText, parseSearch } from './search.ts';

const mostSearchResults = 50;

export interface ChatUpdate {
  readonly title?: string | undefined;
  readonly pinned?: boolean | undefined;
  readonly systemPrompt?: string | undefined;
  readonly model?: string | undefined;
  readonly parameters?: ChatParameters | undefined;
  readonly leafId?: string | undefined;
}

export interface ChatServiceDeps {
  readonly store: ChatStore;
  readonly runner: AnswerRunner;
  readonly clock: Clock;
  readonly publish: PublishChatEvent;
}

/**
 * The conversations of every person: listing, search, changes, export. Calls reject with `not-found`
 * for what does not exist or belongs to somebody else.
 */
export class ChatService {
  private readonly deps: ChatServiceDeps;
  private readonly runner: AnswerRunner;

  constructor(deps: ChatServiceDeps) {
    this.deps = deps;
    this.runner = deps.runner;
  }

  async list(personId: string, search?: string): Promise<ChatSummary[]> {
    if (search !== undefined && search.trim() !== '') return this.search(personId, search);
    const chats = await this.deps.store.list(personId);
    return chats.map((chat) => this.summary(chat));
  }

  async create(
    personId: string,
    input: { readonly model?: string | undefined; readonly systemPrompt?: string | undefined },
  ): Promise<Chat> {
    const now = this.deps.clock.now();
    const chat: Chat = {
      id: newId(),
      title: '',
      pinned: false,
      createdAt: now,
      updatedAt: now,
      systemPrompt: input.systemPrompt ?? '',
      ...(input.model !== undefined && { model: input.model }),
      parameters: {},
      leafId: null,
    };
    await this.deps.store.insert(personId, chat);
    this.changed(personId, chat.id);
    return chat;
  }

  /** A chat with all its branches; running answers exactly as far as they were published. */
  async get(
    personId: string,
    chatId: string,
  ): Promise<{ readonly chat: Chat; readonly messages: Message[] }> {
    // A run that ends while the database answers would be missed afterwards, so look before as well.
    const runs = new Map(this.runner.ofChat(chatId).map((run) => [run.answerId, run]));
    const [chat, stored] = await Promise.all([
      this.require(personId, chatId),
      this.deps.store.messages(chatId),
    ]);
    for (const run of this.runner.ofChat(chatId)) runs.set(run.answerId, run);
    return { chat, messages: stored.map((message) => runs.get(message.id)?.snapshot() ?? message) };
  }

  async update(personId: string, chatId: string, input: ChatUpdate): Promise<Chat> {
    const chat = await this.require(personId, chatId);
    const { title, pinned, systemPrompt, model, parameters } = input;
    const patch: ChatPatch = {
      ...(title !== undefined && { title }),
      ...(pinned !== undefined && { pinned }),
      ...(systemPrompt !== undefined && { systemPrompt }),
      ...(model !== undefined && { model }),
      ...(parameters !== undefined && { parameters }),
      ...(input.leafId !== undefined && { leafId: await this.leafBelow(chatId, input.leafId) }),
    };
    await this.deps.store.update(chatId, patch, title === undefined ? undefined : indexText(title));
    this.changed(personId, chatId);
    return { ...chat, ...patch };
  }

  /** Hides a chat and stops its answers. Erased for good after 30 days. */
  async remove(personId: string, chatId: string): Promise<void> {
    await this.require(personId, chatId);
    await Promise.all(this.runner.ofChat(chatId).map((run) => run.end('stopped')));
    await this.deps.store.setDeleted(personId, chatId, this.deps.clock.now());
    this.changed(personId, chatId);
  }

  async restore(personId: string, chatId: string): Promise<Chat> {
    if (!(await this.deps.store.setDeleted(personId, chatId, null))) throw noChat();
    this.changed(personId, chatId);
    return this.require(personId, chatId);
  }

  async export(
    personId: string,
    chatId: string,
    format: ChatExport['format'],
  ): Promise<ChatExport> {
    const { chat, messages } = await this.get(personId, chatId);
    return exportChat({ chat, messages, format, exportedAt: this.deps.clock.now() });
  }

  private async search(personId: string, query: string): Promise<ChatSummary[]> {
    const search = parseSearch(query);
    const hits = await this.deps.store.search(personId, search.terms, mostSearchResults);
    const found: ChatSummary[] = [];
    for (const hit of hits) {
      found.push(this.found(hit, search));
      await setImmediate(); // marking a very long answer takes a while; tokens go first
    }
    return found;
  }

  private found({ chat, message }: SearchHit, { pattern }: ChatSearch): ChatSummary {
    const text =
      message === undefined
        ? chat.title
        : message.role === 'user'
          ? message.text
          : textOf(message.parts);
    return {
      ...this.summary(chat),
      excerpt: excerpt(text, pattern) ?? text.slice(0, 140),
      ...(message !== undefined && { messageId: message.id }),
    };
  }

  private summary(chat: Chat): ChatSummary {
    const { id, title, pinned, createdAt, updatedAt } = chat;
    const isRunning = this.runner.ofChat(id).length > 0;
    return { id, title, pinned, createdAt, updatedAt, isRunning };
  }

  private async require(personId: string, chatId: string): Promise<Chat> {
    const chat = await this.deps.store.find(personId, chatId);
    if (chat === undefined) throw noChat();
    return chat;
  }

  private async leafBelow(chatId: string, messageId: string): Promise<string> {
    const messages = await this.deps.store.messages(chatId);
    if (!messages.some(({ id }) => id === messageId)) throw noMessage();
    return newestLeaf(messages, messageId);
  }

  private changed(personId: string, chatId: string): void {
    this.deps.publish({ personId, topic: 'chats.changed', data: { chatId } });
  }
}

function noChat(): MillpondError {
  return new MillpondError('not-found', 'There is no such chat');
}

export function noMessage(): MillpondError {
  return new MillpondError('not-found', 'There is no such message in this chat');
}
