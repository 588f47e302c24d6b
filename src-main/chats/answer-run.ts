import type { Clock } from '../core/clock.ts';
import { type ErrorBody, MillpondError } from '../core/error.ts';
import type { InferenceBackend, InferenceChunk, InferenceRequest } from '../core/inference.ts';
import { AnswerJournal, removeJournal } from './answer-journal.ts';
import { appendPieces, isContent, PieceReader, textOf } from './answer-parts.ts';
import type { PublishChatEvent } from './chat-event.ts';
import type { AnswerPart, AnswerProgress, AssistantMessage } from './conversation.ts';
import type { AnswerTokens, AnswerUpdate, ChatLog, ChatStore } from './ports.ts';
import { type AnswerRecord, receiptOf } from './receipt.ts';
import { indexText } from './search.ts';

/** Pieces that come closer together than this travel in one event: one screen frame at 30 Hz. */
const coalesceMs = 33;
/** How often a running answer is folded from its journal into the database. */
const foldEveryMs = 2_000;

export interface AnswerRunDeps {
  readonly models: InferenceBackend;
  readonly store: Pick<ChatStore, 'updateAnswer'>;
  readonly journalFolder: string;
  readonly clock: Clock;
  readonly log: ChatLog;
  readonly publish: PublishChatEvent;
}

export interface AnswerRunInput {
  readonly personId: string;
  /** As it stands in the database: empty, or what a continuation goes on behind. */
  readonly answer: AssistantMessage;
  /** Tokens of what is there already; absent when they are not known. */
  readonly earlierTokens?: AnswerTokens | undefined;
  /** Makes the request; a failure becomes the answer's. */
  readonly prepare: () => Promise<InferenceRequest>;
}

type EndedStatus = 'done' | 'stopped' | 'failed' | 'interrupted';

/**
 * One answer being written: pulls chunks, journals each batch, then publishes it, and folds the
 * result into the database now and then and at the end. Whatever happens, text that was shown stays.
 */
export class AnswerRun {
  readonly chatId: string;
  readonly answerId: string;
  /** Resolves when the answer is over and stored. Never rejects. */
  readonly ended: Promise<void>;
  private readonly deps: AnswerRunDeps;
  private readonly input: AnswerRunInput;
  private readonly abort = new AbortController();
  private readonly reader = new PieceReader();
  private answer: AssistantMessage;
  private record: AnswerRecord;
  private pending: AnswerPart[] = [];
  /** Ids behind `pending`, and behind everything published; undefined once one was missing. */
  private pendingTokens: number[] | undefined = [];
  private tokens: number[] | undefined;
  private journal: AnswerJournal | undefined;
  private publishing: Promise<void> = Promise.resolve();
  private folding: Promise<void> = Promise.resolve();
  private publishedAt = -Infinity;
  private foldedAt: number;
  private cancelTimer: (() => void) | undefined;
  /** Why the run ends early. */
  private endReason: 'stopped' | 'interrupted' | MillpondError | undefined;

  constructor(deps: AnswerRunDeps, input: AnswerRunInput) {
    this.deps = deps;
    this.input = input;
    this.answer = input.answer;
    this.chatId = input.answer.chatId;
    this.answerId = input.answer.id;
    const earlier = input.earlierTokens?.tokens;
    this.tokens = input.answer.parts.length === 0 ? [] : earlier && [...earlier];
    this.foldedAt = deps.clock.monotonic();
    this.record = { startedAt: this.foldedAt };
    this.ended = this.run();
  }

  /** The answer exactly as far as it was published. */
  snapshot(): AssistantMessage {
    return this.answer;
  }

  /** Ends generation; resolves when the answer is stored. */
  end(reason: 'stopped' | 'interrupted'): Promise<void> {
    this.endReason ??= reason;
    this.abort.abort();
    return this.ended;
  }

  private async run(): Promise<void> {
    let failure: unknown;
    try {
      const request = await this.input.prepare();
      await this.consume(request);
      await this.flush();
    } catch (error) {
      failure = error;
    }
    this.cancelTimer?.();
    await this.finish(failure).catch((error: unknown) => {
      this.deps.log.error({ error, answerId: this.answerId }, 'a journal could not be put away');
    });
  }

  private async consume(request: InferenceRequest): Promise<void> {
    const { signal } = this.abort;
    signal.throwIfAborted();
    const aborted = new Promise<never>((_, reject) => {
      const onAbort = (): void => reject(MillpondError.from(signal.reason));
      signal.addEventListener('abort', onAbort, { once: true });
    });
    aborted.catch(() => undefined); // an abort may come when nobody waits any more
    const chunks = this.deps.models.infer(request, { signal })[Symbol.asyncIterator]();
    let isOver = false;
    try {
      for (;;) {
        const next = await Promise.race([chunks.next(), aborted]);
        if (next.done === true) break;
        await this.take(next.value);
      }
      isOver = true;
    } finally {
      // Not awaited: a source that hangs must not hold up the person who pressed Stop.
      if (!isOver) void Promise.resolve(chunks.return?.()).catch(() => undefined);
    }
  }

  private async take(chunk: InferenceChunk): Promise<void> {
    const now = this.deps.clock.monotonic();
    if (chunk.type === 'status') {
      await this.progress(chunk.status);
      return;
    }
    this.note(chunk, now);
    const pieces = this.reader.read(chunk, now);
    if (pieces.length === 0) return;
    this.pending = appendPieces(this.pending, pieces);
    if (isContent(chunk)) {
      // A chunk without ids that holds text makes the chain of tokens incomplete for good.
      if (chunk.tokens === undefined) this.pendingTokens = undefined;
      else this.pendingTokens?.push(...chunk.tokens);
    }
    const dueInMs = this.publishedAt + coalesceMs - now;
    if (dueInMs <= 0) await this.flush();
    else this.cancelTimer ??= this.deps.clock.after(dueInMs, () => this.flushByTimer());
  }

  /** What came before the news is shown before it. */
  private async progress(progress: AnswerProgress): Promise<void> {
    await this.flush();
    if (progress.phase === 'moved') {
      const { phase: _phase, ...move } = progress;
      this.record = { ...this.record, moves: [...(this.record.moves ?? []), move] };
    }
    this.enter({ ...this.answer, progress });
  }

  private note(chunk: InferenceChunk, now: number): void {
    const { record } = this;
    if (chunk.type === 'head') this.record = { ...record, servedBy: chunk.servedBy };
    if (chunk.type === 'finish') this.record = { ...record, finish: chunk };
    if (!isContent(chunk)) return;
    this.record = {
      ...record,
      firstChunkAt: record.firstChunkAt ?? now,
      lastChunkAt: now,
      ...(chunk.usage !== undefined && { usage: chunk.usage }),
    };
  }

  private flushByTimer(): void {
    void this.flush().catch((error: unknown) => {
      this.endReason ??= MillpondError.from(error);
      this.abort.abort();
    });
  }

  private flush(): Promise<void> {
    this.cancelTimer?.();
    this.cancelTimer = undefined;
    this.publishing = this.publishing.then(() => this.publishPending());
    return this.publishing;
  }

  private async publishPending(): Promise<void> {
    const parts = this.pending;
    const tokens = this.pendingTokens;
    if (parts.length === 0) return;
    this.pending = [];
    this.pendingTokens = [];
    this.publishedAt = this.deps.clock.monotonic();
    const index = this.answer.chunkCount;
    const { journalFolder, clock } = this.deps;
    this.journal ??= await AnswerJournal.create(
      journalFolder,
      this.answerId,
      this.record.servedBy?.digest,
    );
    await this.journal.append({ index, parts, ...(tokens !== undefined && { tokens }) });
    const { progress, ...going } = this.answer;
    if (going.status === 'waiting' || progress !== undefined) {
      this.enter({ ...going, status: 'streaming' });
    }
    this.answer = {
      ...this.answer,
      parts: appendPieces(this.answer.parts, parts),
      chunkCount: index + 1,
    };
    if (tokens === undefined) this.tokens = undefined;
    else this.tokens?.push(...tokens);
    const { chatId, answerId } = this;
    const { personId } = this.input;
    this.deps.publish({
      personId,
      topic: 'chats.chunk',
      data: { chatId, answerId, index, parts },
    });
    if (clock.monotonic() - this.foldedAt >= foldEveryMs) this.fold();
  }

  /** Saves what is there so far. A failure is no harm yet: the journal has it all. */
  private fold(): void {
    this.foldedAt = this.deps.clock.monotonic();
    const update = this.update(this.answer);
    this.folding = this.folding
      .then(() => this.deps.store.updateAnswer(this.answerId, update))
      .catch((error: unknown) => {
        this.deps.log.warn({ error, answerId: this.answerId }, 'a running answer was not saved');
      });
  }

  private async finish(failure: unknown): Promise<void> {
    // What was still on its way to the screen when the answer broke off is part of it.
    let lateFailure: unknown;
    if (failure !== undefined) {
      this.pending = appendPieces(
        this.pending,
        this.reader.endThought(this.record.lastChunkAt ?? 0),
      );
      await this.flush().catch((error: unknown) => {
        lateFailure = error;
      });
    }
    const { status, error } = this.outcome(failure, lateFailure);
    const receipt = receiptOf(this.record, status, this.input.answer.receipt);
    const { progress: _over, ...written } = this.answer;
    const answer: AssistantMessage = {
      ...written,
      status,
      ...(error !== undefined && { error }),
      ...(receipt !== undefined && { receipt }),
    };
    await this.folding;
    await this.save(answer);
  }

  private async save(answer: AssistantMessage): Promise<void> {
    const { store, log } = this.deps;
    const { answerId } = this;
    try {
      const words = indexText(textOf(answer.parts));
      await store.updateAnswer(answerId, { ...this.update(answer), indexText: words });
    } catch (error) {
      // The journal stays: the next start puts the answer into the database.
      log.error({ error, answerId }, 'an answer could not be saved');
      this.enter({ ...answer, status: 'failed', error: MillpondError.from(error).toBody() });
      await this.journal?.close();
      return;
    }
    this.enter(answer);
    await this.journal?.close();
    await removeJournal(this.deps.journalFolder, answerId);
  }

  private outcome(
    failure: unknown,
    lateFailure: unknown,
  ): { readonly status: EndedStatus; readonly error?: ErrorBody } {
    const reason = this.endReason;
    if (reason === 'stopped' || reason === 'interrupted') return { status: reason };
    const thrown = reason ?? failure ?? lateFailure;
    if (thrown === undefined) return { status: 'done' };
    const error = MillpondError.from(thrown);
    if (error.code === 'internal') {
      this.deps.log.error({ error: thrown, answerId: this.answerId }, 'an answer failed');
    }
    return { status: 'failed', error: error.toBody() };
  }

  private enter(answer: AssistantMessage): void {
    this.answer = answer;
    const { status, error, receipt, progress } = answer;
    this.deps.publish({
      personId: this.input.personId,
      topic: 'chats.answer',
      data: {
        chatId: this.chatId,
        answerId: this.answerId,
        status,
        ...(error !== undefined && { error }),
        ...(receipt !== undefined && { receipt }),
        ...(progress !== undefined && { progress }),
      },
    });
  }

  private update(answer: AssistantMessage): AnswerUpdate {
    const { parts, chunkCount, status, error, receipt } = answer;
    const digest = this.record.servedBy?.digest;
    const earlierDigest = this.input.earlierTokens?.digest;
    const isOneModel =
      earlierDigest === undefined || digest === undefined || earlierDigest === digest;
    const known = digest ?? earlierDigest;
    return {
      parts,
      chunkCount,
      status,
      ...(error !== undefined && { error }),
      ...(receipt !== undefined && { receipt }),
      ...(known !== undefined &&
        isOneModel &&
        this.tokens !== undefined && { tokens: { digest: known, tokens: [...this.tokens] } }),
    };
  }
}
