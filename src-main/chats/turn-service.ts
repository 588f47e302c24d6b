import type { Clock } from '../core/clock.ts';
import { MillpondError } from '../core/error.ts';
import { newId } from '../core/identity.ts';
import type { Continuation } from '../core/inference.ts';
import { textOf } from './answer-parts.ts';
import type { AnswerRunner } from './answer-runner.ts';
import type { PublishChatEvent } from './chat-event.ts';
import { type ChatService, noMessage } from './chat-service.ts';
import { branchTo } from './chat-tree.ts';
import type { AssistantMessage, Attachment, Message, UserMessage } from './conversation.ts';
import type { AnswerTokens, AttachmentStore, ChatModels, ChatStore } from './ports.ts';
import { indexText } from './search.ts';
import { titleFrom } from './title.ts';

export interface SendInput {
  /** Null: as a first message. A parent that has children already gets a new branch. */
  readonly parentId: string | null;
  readonly text: string;
  readonly attachmentIds: readonly string[];
  readonly model: string;
}

export interface TurnServiceDeps {
  readonly chats: Pick<ChatService, 'get'>;
  readonly store: ChatStore;
  readonly attachments: AttachmentStore;
  readonly models: Pick<ChatModels, 'digest'>;
  readonly runner: AnswerRunner;
  readonly clock: Clock;
  readonly publish: PublishChatEvent;
}

/**
 * Messages and their answers. Each call returns as soon as the answer is under way; generation runs
 * here and not in a window, so closing or reloading one loses nothing. Calls reject with `not-found`
 * for what does not exist or belongs to somebody else, and with `conflict` when something else has
 * to end first.
 */
export class TurnService {
  private readonly deps: TurnServiceDeps;
  /** Answers about to be continued: a second click must not start a second run. */
  private readonly continuing = new Set<string>();

  constructor(deps: TurnServiceDeps) {
    this.deps = deps;
  }

  /** Adds a message and starts its answer. */
  async send(
    personId: string,
    chatId: string,
    input: SendInput,
  ): Promise<{ readonly messageId: string; readonly answerId: string }> {
    const { text, model, parentId } = input;
    if (text.trim() === '' && input.attachmentIds.length === 0) {
      throw new MillpondError('invalid-request', 'Write something or attach a file first', {
        param: 'text',
      });
    }
    const { chat, messages } = await this.deps.chats.get(personId, chatId);
    this.checkParent(messages, parentId);
    const now = this.deps.clock.now();
    const user: UserMessage = {
      id: newId(),
      chatId,
      parentId,
      createdAt: now,
      role: 'user',
      text,
      attachments: await this.takeAttachments(personId, input.attachmentIds),
    };
    const answer = emptyAnswer(user, model, now);
    const title =
      chat.title === ''
        ? titleFrom(
            text,
            user.attachments.map(({ name }) => name),
          )
        : '';
    await this.deps.store.addTurn({
      chatId,
      user,
      answer,
      ...(title !== '' && { title, titleIndexText: indexText(title) }),
      updatedAt: now,
      userIndexText: indexText(text),
    });
    this.announce(personId, user, answer);
    this.deps.runner.start({
      personId,
      chat,
      branch: [...branchTo(messages, parentId), user],
      answer,
    });
    return { messageId: user.id, answerId: answer.id };
  }

  /** Starts another answer to the same message. */
  async regenerate(
    personId: string,
    chatId: string,
    input: { readonly answerId: string; readonly model?: string | undefined },
  ): Promise<{ readonly answerId: string }> {
    const { chat, messages } = await this.deps.chats.get(personId, chatId);
    const old = findAnswer(messages, input.answerId);
    const branch = branchTo(messages, old.parentId);
    const user = branch.at(-1);
    if (user?.role !== 'user') throw noMessage();
    const now = this.deps.clock.now();
    const answer = emptyAnswer(user, input.model ?? old.model, now);
    await this.deps.store.addTurn({ chatId, answer, updatedAt: now, userIndexText: '' });
    this.announce(personId, answer);
    this.deps.runner.start({ personId, chat, branch, answer });
    return { answerId: answer.id };
  }

  /** Goes on behind the last token of an answer that did not come to its end. */
  async continueAnswer(
    personId: string,
    chatId: string,
    answerId: string,
  ): Promise<{ readonly answerId: string }> {
    if (this.continuing.has(answerId)) throw stillRunning();
    this.continuing.add(answerId);
    try {
      await this.goOn(personId, chatId, answerId);
    } finally {
      this.continuing.delete(answerId);
    }
    return { answerId };
  }

  /** Resolves when the answer has ended and is stored; no harm when it had ended already. */
  async stop(personId: string, chatId: string, answerId: string): Promise<void> {
    await this.deps.chats.get(personId, chatId);
    const run = this.deps.runner.find(answerId);
    if (run?.chatId === chatId) await run.end('stopped');
  }

  private async goOn(personId: string, chatId: string, answerId: string): Promise<void> {
    const { store, publish, runner } = this.deps;
    const { chat, messages } = await this.deps.chats.get(personId, chatId);
    const old = findAnswer(messages, answerId);
    checkContinuable(old);
    // Its last run may still be putting its journal away.
    await runner.find(answerId)?.ended;
    const earlierTokens = await store.answerTokens(answerId);
    const continuation = this.continuationOf(old, earlierTokens);
    const { error: _settled, ...kept } = old;
    const answer: AssistantMessage = { ...kept, status: 'waiting' };
    const { status, parts, chunkCount, receipt } = answer;
    const result = { status, ...(receipt !== undefined && { receipt }) };
    await store.updateAnswer(answerId, {
      ...result,
      parts,
      chunkCount,
      ...(earlierTokens !== undefined && { tokens: earlierTokens }),
    });
    publish({ personId, topic: 'chats.answer', data: { chatId, answerId, ...result } });
    this.changed(personId, chatId);
    runner.start({
      personId,
      chat,
      branch: branchTo(messages, old.parentId),
      answer,
      earlierTokens,
      ...(continuation !== undefined && { continuation }),
    });
  }

  private checkParent(messages: readonly Message[], parentId: string | null): void {
    if (parentId === null) return;
    const parent = messages.find((message) => message.id === parentId);
    if (parent?.role !== 'assistant') throw noMessage();
    if (isUnderWay(parent)) {
      throw new MillpondError(
        'conflict',
        'Wait for the answer to end, or stop it, before you go on',
      );
    }
  }

  private async takeAttachments(personId: string, ids: readonly string[]): Promise<Attachment[]> {
    const stored = await this.deps.attachments.find(personId, ids);
    if (stored.length < ids.length) {
      throw new MillpondError('not-found', 'An attached file is no longer there; attach it again');
    }
    return stored.map(({ attachment }) => attachment);
  }

  /** Exact tokens where the same model still answers to this name, else text; undefined: from the start. */
  private continuationOf(
    answer: AssistantMessage,
    earlier: AnswerTokens | undefined,
  ): Continuation | undefined {
    if (answer.parts.length === 0) return undefined;
    if (earlier !== undefined && earlier.digest === this.deps.models.digest(answer.model)) {
      return { tokens: earlier.tokens };
    }
    const text = textOf(answer.parts);
    if (text !== '') return { text };
    throw new MillpondError(
      'conflict',
      'The model has changed since, and a thought cannot be taken over. Ask for a new answer instead.',
    );
  }

  private announce(personId: string, ...messages: readonly Message[]): void {
    for (const message of messages) {
      const { chatId } = message;
      this.deps.publish({ personId, topic: 'chats.message', data: { chatId, message } });
    }
    const [first] = messages;
    if (first !== undefined) this.changed(personId, first.chatId);
  }

  private changed(personId: string, chatId: string): void {
    this.deps.publish({ personId, topic: 'chats.changed', data: { chatId } });
  }
}

function emptyAnswer(user: UserMessage, model: string, createdAt: number): AssistantMessage {
  return {
    id: newId(),
    chatId: user.chatId,
    parentId: user.id,
    createdAt,
    role: 'assistant',
    model,
    parts: [],
    chunkCount: 0,
    status: 'waiting',
  };
}

function findAnswer(messages: readonly Message[], answerId: string): AssistantMessage {
  const answer = messages.find((message) => message.id === answerId);
  if (answer?.role !== 'assistant') throw noMessage();
  return answer;
}

function isUnderWay({ status }: AssistantMessage): boolean {
  return status === 'waiting' || status === 'streaming';
}

function checkContinuable(answer: AssistantMessage): void {
  const { status, receipt } = answer;
  if (isUnderWay(answer)) throw stillRunning();
  if (status === 'done' && receipt?.finishReason !== 'length') {
    throw new MillpondError(
      'conflict',
      'This answer has come to its end; ask a new question instead',
    );
  }
}

function stillRunning(): MillpondError {
  return new MillpondError('conflict', 'This answer is still being written');
}
