import type { Clock } from '../core/clock.ts';
import { MillpondError } from '../core/error.ts';
import type {
  Continuation,
  FinishReason,
  InferenceChunk,
  InferenceRequest,
  InferOptions,
} from '../core/inference.ts';
import type { TokenUsage } from '../core/usage.ts';
import type {
  EngineClosure,
  EngineFacts,
  EngineFactory,
  InferenceEngine,
  LoadRequest,
  SlotReport,
} from '../engines/engine.ts';

export interface FakeScript {
  /** The answer, one chunk for each piece. Absent: the words of the request, in their order. */
  readonly says?: readonly string[];
  /** Time before each piece; needs `clock`. */
  readonly pieceMs?: number;
  readonly clock?: Clock;
  /** Thrown in place of the piece with this number. */
  readonly fails?: { readonly atPiece: number; readonly error: MillpondError };
  readonly facts?: Partial<EngineFacts>;
  readonly residentBytes?: number;
}

const defaultFacts: EngineFacts = {
  capabilities: {
    chat: true,
    completion: true,
    embedding: true,
    rerank: false,
    tools: false,
    reasoning: false,
    vision: false,
    continuation: true,
  },
  contextLength: 2048,
  slots: 4,
  memoryBytes: 1_000_000,
  device: 'CPU, 1 thread',
};
const embeddingWidth = 4;

/** An engine without a model: says what its script says and can be made to crash. */
export class FakeEngine implements InferenceEngine {
  readonly facts: EngineFacts;
  readonly closed: Promise<EngineClosure>;
  /** Requests that reached the engine, in order. */
  readonly requests: InferenceRequest[] = [];
  private readonly script: FakeScript;
  private readonly closing = Promise.withResolvers<EngineClosure>();
  /** Aborted with the error that ends everything under way. */
  private readonly end = new AbortController();
  private readonly line: (() => void)[] = [];
  private busy = 0;

  constructor(script: FakeScript = {}) {
    this.script = script;
    this.facts = { ...defaultFacts, ...script.facts };
    this.closed = this.closing.promise;
  }

  /** Requests in slots now. */
  get running(): number {
    return this.busy;
  }

  async *infer(
    request: InferenceRequest,
    { signal }: InferOptions,
  ): AsyncGenerator<InferenceChunk> {
    const stop = AbortSignal.any([signal, this.end.signal]);
    stop.throwIfAborted();
    this.requests.push(request);
    await this.takeSlot();
    try {
      stop.throwIfAborted();
      this.checkLength(request);
      const { model } = request.envelope;
      const servedBy = { upstream: 'fake', machine: 'fake', model };
      yield { type: 'head', servedBy, headers: {} };
      yield* this.answer(request, stop);
    } finally {
      this.busy -= 1;
      this.line.shift()?.();
    }
  }

  residentBytes(): number | undefined {
    return this.script.residentBytes;
  }

  slots(): readonly SlotReport[] {
    return Array.from({ length: this.facts.slots }, (_, slot) => ({
      slot,
      isBusy: slot < this.busy,
      heldTokens: 0,
      marks: [],
    }));
  }

  async countTokens(text: string, signal: AbortSignal): Promise<number> {
    signal.throwIfAborted();
    this.end.signal.throwIfAborted();
    return await Promise.resolve(wordsIn(text).length);
  }

  dispose(): Promise<void> {
    this.finish({}, new MillpondError('unavailable', 'The fake engine was unloaded'));
    return Promise.resolve();
  }

  /** Dies as a process would: everything under way fails with `engine-crashed`. */
  crash(reason = 'it was told to', logTail: readonly string[] = []): void {
    const error = new MillpondError('engine-crashed', `The fake engine stopped: ${reason}`);
    this.finish({ reason, logTail }, error);
  }

  private finish(closure: EngineClosure, error: MillpondError): void {
    if (this.end.signal.aborted) return;
    this.end.abort(error);
    for (const wake of this.line.splice(0)) wake();
    this.closing.resolve(closure);
  }

  private async takeSlot(): Promise<void> {
    this.busy += 1;
    if (this.busy <= this.facts.slots) return;
    await new Promise<void>((resolve) => this.line.push(resolve));
  }

  private async *answer(request: InferenceRequest, stop: AbortSignal) {
    const { input } = request;
    const promptTokens = promptOf(request).length;
    switch (input.task) {
      case 'embedding':
        for (const [index, text] of input.inputs.entries()) {
          yield { type: 'embedding', index, vector: embed(String(text)) } as const;
        }
        yield finishChunk('stop', usageOf(promptTokens, 0));
        return;
      case 'count':
        yield finishChunk('stop', usageOf(promptTokens, 0));
        return;
      case 'rerank':
      case 'proxy':
        throw new MillpondError(
          'unsupported-capability',
          `The fake engine does not know the task '${input.task}'`,
        );
      case 'chat':
      case 'completion':
        for (let choice = 0; choice < input.choices; choice += 1) {
          yield* this.speak(request, choice, stop);
        }
    }
  }

  private async *speak(
    request: InferenceRequest,
    choice: number,
    signal: AbortSignal,
  ): AsyncGenerator<InferenceChunk> {
    const { input } = request;
    if (input.task !== 'chat' && input.task !== 'completion') return;
    const prompt = promptOf(request);
    const pieces = this.script.says ?? prompt.map((word) => `${word} `);
    const room = this.facts.contextLength - prompt.length;
    const limit = Math.min(pieces.length, input.maxTokens ?? Infinity, room);
    const stop = findStop(pieces.join(''), input.stop);
    const skipped = deliveredPieces(input.continuation);
    let length = pieces.slice(0, skipped).join('').length;
    let said = 0;
    for (const piece of pieces.slice(skipped, skipped + limit)) {
      if (stop !== undefined && length >= stop.at) break;
      await this.beforePiece(said, signal);
      const text = piece.slice(0, (stop?.at ?? Infinity) - length);
      length += piece.length;
      said += 1;
      const usage = usageOf(prompt.length, said);
      yield { type: 'text', choice, text, tokens: [tokenOf(piece)], usage };
    }
    const usage = usageOf(prompt.length, said);
    if (stop !== undefined && length >= stop.at) {
      yield { ...finishChunk('stop', usage), choice, stopSequence: stop.stop };
    } else {
      const reason = skipped + said < pieces.length ? 'length' : 'stop';
      yield { ...finishChunk(reason, usage), choice };
    }
  }

  private async beforePiece(number: number, stop: AbortSignal): Promise<void> {
    const { clock, pieceMs, fails } = this.script;
    if (fails?.atPiece === number) throw fails.error;
    if (clock !== undefined && pieceMs !== undefined) await clock.sleep(pieceMs, stop);
    else await Promise.resolve();
    stop.throwIfAborted();
  }

  private checkLength(request: InferenceRequest): void {
    const length = promptOf(request).length;
    const { contextLength } = this.facts;
    if (length < contextLength) return;
    throw new MillpondError(
      'context-overflow',
      `The request has ${String(length)} tokens; this model holds ${String(contextLength)}`,
      { reason: 'context_length_exceeded' },
    );
  }
}

export interface FakeEngineFactory extends EngineFactory {
  /** Every load that was asked for, in order. */
  readonly loads: readonly LoadRequest[];
  /** Engines that were made, in order. */
  readonly engines: readonly FakeEngine[];
}

/** Makes one fake engine per load. `script` may throw to let a load fail. */
export function createFakeEngineFactory(
  options: {
    readonly script?: (request: LoadRequest) => FakeScript;
    /** How long a load takes; needs `clock`. */
    readonly loadMs?: number;
    readonly clock?: Clock;
  } = {},
): FakeEngineFactory {
  const loads: LoadRequest[] = [];
  const engines: FakeEngine[] = [];
  return {
    loads,
    engines,
    async load(request) {
      loads.push(request);
      request.onProgress(0.5);
      if (options.clock !== undefined && options.loadMs !== undefined) {
        await options.clock.sleep(options.loadMs, request.signal);
      }
      const engine = new FakeEngine(options.script?.(request) ?? {});
      engines.push(engine);
      return engine;
    },
  };
}

/** The first place where one of the stop strings begins. */
function findStop(text: string, stops: readonly string[]) {
  return stops
    .map((stop) => ({ stop, at: text.indexOf(stop) }))
    .filter(({ at }) => at >= 0)
    .sort((a, b) => a.at - b.at)[0];
}

/** One token is one piece; text that was delivered counts as its words. */
function deliveredPieces(continuation: Continuation | undefined): number {
  if (continuation === undefined) return 0;
  return 'tokens' in continuation ? continuation.tokens.length : wordsIn(continuation.text).length;
}

function promptOf({ input }: InferenceRequest): readonly string[] {
  switch (input.task) {
    case 'chat':
    case 'count':
      return input.messages.flatMap((message) =>
        message.role === 'user'
          ? message.content.flatMap((part) => (part.type === 'text' ? wordsIn(part.text) : []))
          : wordsIn(message.text),
      );
    case 'completion':
      return typeof input.prompt === 'string' ? wordsIn(input.prompt) : input.prompt.map(String);
    case 'embedding':
      return input.inputs.flatMap((text) => wordsIn(String(text)));
    case 'rerank':
      return wordsIn(input.query);
    case 'proxy':
      return [];
  }
}

function wordsIn(text: string): string[] {
  return text.split(/\s+/).filter(Boolean);
}

function tokenOf(piece: string): number {
  return Array.from(piece).reduce(
    (hash, letter) => (hash * 31 + (letter.codePointAt(0) ?? 0)) % 65_536,
    7,
  );
}

/** Length 1, and the same for the same text. */
function embed(text: string): number[] {
  const raw = Array.from({ length: embeddingWidth }, (_, index) => tokenOf(`${text}${index}`) + 1);
  const length = Math.hypot(...raw);
  return raw.map((value) => value / length);
}

function usageOf(promptTokens: number, completionTokens: number): TokenUsage {
  return { promptTokens, cachedTokens: 0, completionTokens, reasoningTokens: 0 };
}

function finishChunk(reason: FinishReason, usage: TokenUsage) {
  const timings = { queuedMs: 0, loadMs: 0, prefillMs: 0, firstTokenMs: 0, decodeMs: 0 };
  return { type: 'finish', reason, usage, timings } as const;
}
