import { newId } from '../core/identity.ts';
import type { Continuation, InferenceRequest } from '../core/inference.ts';
import { foldJournal, listJournals, readJournal, removeJournal } from './answer-journal.ts';
import { textOf } from './answer-parts.ts';
import { AnswerRun, type AnswerRunDeps } from './answer-run.ts';
import { chosenText } from './attachments/chosen-text.ts';
import { pictureUrl } from './attachments/picture.ts';
import type { AssistantMessage, Chat, Message } from './conversation.ts';
import type { AnswerTokens, AttachmentStore, ChatModels, ChatStore } from './ports.ts';
import { buildChatInput } from './prompt.ts';
import type { AttachedContent } from './prompt.ts';
import { indexText } from './search.ts';

/** Someone is waiting at the keyboard. */
const chatPriority = 9;

export interface AnswerRunnerDeps extends AnswerRunDeps {
  readonly models: ChatModels;
  readonly store: ChatStore;
  readonly attachments: AttachmentStore;
}

export interface AnswerOrder {
  readonly personId: string;
  readonly chat: Chat;
  /** The branch up to and including the message to answer. */
  readonly branch: readonly Message[];
  readonly answer: AssistantMessage;
  /** Present when the answer goes on behind what it holds. */
  readonly continuation?: Continuation;
  /** Tokens of what it holds, as far as they are known. */
  readonly earlierTokens?: AnswerTokens | undefined;
}

/** All answers that are being written, whoever looks at them. */
export class AnswerRunner {
  private readonly deps: AnswerRunnerDeps;
  private readonly runs = new Map<string, AnswerRun>();

  constructor(deps: AnswerRunnerDeps) {
    this.deps = deps;
  }

  /** Starts an answer; what becomes of it is told by events. */
  start(order: AnswerOrder): void {
    const { personId, answer, earlierTokens } = order;
    const prepare = (): Promise<InferenceRequest> => this.prepare(order);
    const run = new AnswerRun(this.deps, { personId, answer, earlierTokens, prepare });
    this.runs.set(answer.id, run);
    void run.ended.then(() => {
      if (this.runs.get(answer.id) === run) this.runs.delete(answer.id);
      this.deps.publish({
        personId,
        topic: 'chats.changed',
        data: { chatId: answer.chatId },
      });
    });
  }

  find(answerId: string): AnswerRun | undefined {
    return this.runs.get(answerId);
  }

  ofChat(chatId: string): readonly AnswerRun[] {
    return [...this.runs.values()].filter((run) => run.chatId === chatId);
  }

  /** Ends every answer, keeping its text. For the end of the program. */
  async close(): Promise<void> {
    await Promise.all([...this.runs.values()].map((run) => run.end('interrupted')));
  }

  /** Puts what a killed program had shown into the database. Called once, before anything runs. */
  async recover(): Promise<void> {
    const { store, journalFolder, log } = this.deps;
    const unfinished = await store.unfinishedAnswers();
    const failed = new Set<string>();
    for (const answer of unfinished) {
      try {
        await this.recoverAnswer(answer);
      } catch (error) {
        // A full disk, say. The journal stays for the next start.
        failed.add(answer.id);
        log.error({ error, answerId: answer.id }, 'an interrupted answer could not be recovered');
      }
    }
    for (const answerId of await listJournals(journalFolder)) {
      if (!failed.has(answerId)) await removeJournal(journalFolder, answerId);
    }
  }

  private async recoverAnswer(answer: AssistantMessage): Promise<void> {
    const { store, journalFolder } = this.deps;
    const { parts, chunkCount, receipt } = answer;
    const journal = await readJournal(journalFolder, answer.id);
    const stored = { parts, chunkCount, tokens: await store.answerTokens(answer.id) };
    const kept = journal === undefined ? stored : foldJournal(stored, journal);
    await store.updateAnswer(answer.id, {
      parts: kept.parts,
      chunkCount: kept.chunkCount,
      ...(kept.tokens !== undefined && { tokens: kept.tokens }),
      ...(receipt !== undefined && { receipt }),
      status: 'interrupted',
      indexText: indexText(textOf(kept.parts)),
    });
  }

  private async prepare(order: AnswerOrder): Promise<InferenceRequest> {
    const { personId, chat, branch, answer, continuation, earlierTokens } = order;
    const { models } = this.deps;
    const own = chat.systemPrompt;
    const systemPrompt = own.trim() === '' ? await models.defaultSystemPrompt(answer.model) : own;
    const isExact = continuation !== undefined && 'tokens' in continuation;
    return {
      envelope: {
        requestId: newId(),
        model: answer.model,
        ...(isExact && earlierTokens !== undefined && { digest: earlierTokens.digest }),
        tenant: personId,
        caller: 'window',
        priority: chatPriority,
        privacy: chat.parameters.privacy ?? 'trusted',
        marks: [],
        affinity: { key: chat.id, isStrict: false },
      },
      input: buildChatInput({
        systemPrompt,
        branch,
        attachments: await this.attachedContents(personId, branch),
        parameters: chat.parameters,
        ...(continuation !== undefined && { continuation }),
      }),
    };
  }

  private async attachedContents(
    personId: string,
    branch: readonly Message[],
  ): Promise<ReadonlyMap<string, AttachedContent>> {
    const ids = branch.flatMap((message) =>
      message.role === 'user' ? message.attachments.map(({ id }) => id) : [],
    );
    const stored = await this.deps.attachments.find(personId, ids);
    return new Map(
      stored.map((file) => {
        const { attachment, picture } = file;
        const content =
          picture === undefined
            ? { text: chosenText(file) }
            : { pictureUrl: pictureUrl(attachment.mediaType, picture) };
        return [attachment.id, content];
      }),
    );
  }
}
