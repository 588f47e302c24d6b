import { AsyncQueue } from '../../core/async/async-queue.ts';
import { assertNever, MillpondError } from '../../core/error.ts';
import type {
  ChatInput,
  CompletionInput,
  CountInput,
  InferenceChunk,
  InferenceRequest,
  InferOptions,
} from '../../core/inference.ts';
import type { LoadOptions } from '../../core/model.ts';
import type { EngineFacts, InferenceEngine, SlotReport } from '../engine.ts';
import { answer, servedBy } from './answer.ts';
import { planChat, planCompletion } from './answer-plan.ts';
import { loadModel } from './load-model.ts';
import { tokenizePrompt } from './loaded-model.ts';
import type { GenerationContext, LoadedModel } from './loaded-model.ts';
import { VectorTasks } from './vector-tasks.ts';
import type { Task } from './vector-tasks.ts';

/** Chunks an answer may run ahead of its reader. */
const outboxChunks = 64;

export interface LoadEngineOptions {
  readonly path: string;
  readonly options: LoadOptions;
  /** Threads the engine may use when `options.threads` is absent. */
  readonly defaultThreads: number;
  /** `false` keeps to the CPU. */
  readonly gpu?: 'auto' | false;
  /** Graphics memory it may take at most; absent: all that is free. */
  readonly gpuCapBytes?: number;
  readonly onProgress?: (share: number) => void;
  readonly signal?: AbortSignal;
}

interface LlamaEngineDeps {
  readonly loaded: LoadedModel;
  readonly monotonic: () => number;
  readonly random: () => number;
}

/** One GGUF model on node-llama-cpp, in this process. Native crashes take the process with them. */
export class LlamaEngine implements InferenceEngine {
  readonly facts: EngineFacts;
  readonly closed: Promise<{ readonly reason?: string }>;
  private readonly deps: LlamaEngineDeps;
  private readonly vectors: VectorTasks;
  private readonly closing = new AbortController();
  private readonly running = new Set<Promise<void>>();
  private readonly gone = Promise.withResolvers<{ readonly reason?: string }>();
  private disposal: Promise<void> | undefined;

  constructor(deps: LlamaEngineDeps) {
    this.deps = deps;
    this.facts = deps.loaded.facts;
    this.vectors = new VectorTasks(deps.loaded);
    this.closed = this.gone.promise;
  }

  /** Rejects with `model-load-failed` or `out-of-memory` and one sentence a person understands. */
  static async load(load: LoadEngineOptions): Promise<LlamaEngine> {
    const monotonic = (): number => performance.now();
    const loaded = await loadModel({
      ...load,
      onProgress: load.onProgress ?? (() => undefined),
      signal: load.signal ?? new AbortController().signal,
      monotonic,
    });
    return new LlamaEngine({ loaded, monotonic, random: Math.random });
  }

  async *infer(
    request: InferenceRequest,
    { signal }: InferOptions,
  ): AsyncGenerator<InferenceChunk, void, undefined> {
    const stop = new AbortController();
    const ended = AbortSignal.any([signal, this.closing.signal]);
    const queue = new AsyncQueue<InferenceChunk>(outboxChunks, {
      signal: ended,
      onReturn: () => {
        stop.abort();
      },
    });
    const work = this.run(request, queue, AbortSignal.any([ended, stop.signal])).then(
      () => {
        queue.end();
      },
      (error: unknown) => {
        queue.end(ended.aborted ? ended.reason : MillpondError.from(error));
      },
    );
    this.running.add(work);
    void work.then(() => this.running.delete(work));
    yield* queue;
  }

  residentBytes(): number {
    return process.memoryUsage.rss();
  }

  slots(): readonly SlotReport[] {
    return this.deps.loaded.generation?.slots.report() ?? [];
  }

  countTokens(text: string, signal: AbortSignal): Promise<number> {
    return new Promise((resolve) => {
      signal.throwIfAborted();
      this.closing.signal.throwIfAborted();
      resolve(this.deps.loaded.model.tokenize(text, true).length);
    });
  }

  /** The exact tokens that a chat is evaluated as, without a continuation. Tests compare with them. */
  promptOf(input: ChatInput): readonly number[] {
    return planChat(input, this.deps.loaded).prompt;
  }

  dispose(): Promise<void> {
    this.disposal ??= this.close();
    return this.disposal;
  }

  private async close(): Promise<void> {
    this.closing.abort(
      new MillpondError('unavailable', 'The model was unloaded while it answered; try again'),
    );
    await Promise.all(this.running);
    await this.deps.loaded.generation?.context.dispose();
    await this.deps.loaded.model.dispose();
    await this.deps.loaded.llama.dispose();
    this.gone.resolve({});
  }

  private async run(
    { envelope, input }: InferenceRequest,
    queue: AsyncQueue<InferenceChunk>,
    signal: AbortSignal,
  ): Promise<void> {
    signal.throwIfAborted();
    const { monotonic } = this.deps;
    const task: Task = { envelope, signal, monotonic, emit: (chunk) => queue.push(chunk) };
    switch (input.task) {
      case 'chat':
      case 'completion':
        return this.answer(input, task, queue);
      case 'embedding':
        return this.vectors.embed(input, task);
      case 'rerank':
        return this.vectors.rerank(input, task);
      case 'count':
        return this.count(input, task);
      case 'proxy':
        throw new MillpondError('unsupported-capability', 'An engine answers no foreign requests');
      default:
        return assertNever(input);
    }
  }

  private async answer(
    input: ChatInput | CompletionInput,
    task: Task,
    outbox: AsyncQueue<InferenceChunk>,
  ): Promise<void> {
    const { loaded, random } = this.deps;
    await answer({
      envelope: task.envelope,
      signal: task.signal,
      monotonic: task.monotonic,
      outbox,
      loaded,
      generation: generationOf(loaded),
      input,
      plan: input.task === 'chat' ? planChat(input, loaded) : planCompletion(input, loaded),
      randomSeed: random,
    });
  }

  private async count({ messages, tools }: CountInput, task: Task): Promise<void> {
    const { loaded } = this.deps;
    const prompt = loaded.template.render({
      messages,
      tools,
      reasoning: 'auto',
      addGenerationPrompt: true,
    });
    const promptTokens = tokenizePrompt(loaded.model, prompt.text).length;
    await task.emit({ type: 'head', servedBy: servedBy(task.envelope), headers: {} });
    await task.emit({
      type: 'finish',
      reason: 'stop',
      usage: { promptTokens, cachedTokens: 0, completionTokens: 0, reasoningTokens: 0 },
      timings: { queuedMs: 0, loadMs: 0, prefillMs: 0, firstTokenMs: 0, decodeMs: 0 },
    });
  }
}

function generationOf({ generation }: LoadedModel): GenerationContext {
  if (generation !== undefined) return generation;
  throw new MillpondError(
    'unsupported-capability',
    'This model computes vectors and writes no text (capability "completion"); choose another model',
    { param: 'model', reason: 'completion' },
  );
}
