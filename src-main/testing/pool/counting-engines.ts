import type { ShareableModel, SharedEngines } from '../../agent/ports.ts';
import { MillpondError } from '../../core/error.ts';
import type { InferenceChunk, InferenceRequest } from '../../core/inference.ts';
import type { TokenUsage } from '../../core/usage.ts';
import { countedText, countedToken, promptOf } from './counted-answer.ts';

/** Waits until the next token may leave; rejects when the signal aborts. */
export type Pace = (signal: AbortSignal) => Promise<void>;

export interface CountingEnginesOptions {
  readonly models: readonly ShareableModel[];
  /** Made anew for each answer. Absent: as fast as it is read. */
  readonly pace?: () => Pace;
  /** An answer began, behind so many tokens that somebody else had delivered. */
  readonly onBegan?: (requestId: string, delivered: number) => void;
  /** An answer is over; stopped: before its last token. */
  readonly onEnded?: (requestId: string, wasStopped: boolean) => void;
}

/** Tokens of an answer that nobody limited. */
const usualTokens = 16;

/** How a chat model of counted answers is offered. */
export function countingModel(id: string, change: Partial<ShareableModel> = {}): ShareableModel {
  return {
    ...{ id, name: id, digest: 'c'.repeat(64), contextLength: 32_768 },
    capabilities: {
      ...{ chat: true, completion: true, embedding: false, rerank: false },
      ...{ tools: false, reasoning: false, vision: false, continuation: true },
    },
    ...{ slots: 64, busySlots: 0, waiting: 0, state: { phase: 'ready' } },
    ...change,
  };
}

/**
 * Engines whose answers are `countedToken`s. They go on behind tokens that were delivered, and refuse
 * tokens that are not the ones they would have written themselves.
 */
export function createCountingEngines(options: CountingEnginesOptions): SharedEngines {
  const { models, pace = () => () => Promise.resolve() } = options;

  async function* infer(
    request: InferenceRequest,
    { signal }: { readonly signal: AbortSignal },
  ): AsyncGenerator<InferenceChunk> {
    const { requestId, model } = request.envelope;
    const prompt = promptOf(request);
    const delivered = deliveredTokens(request, prompt);
    const next = pace();
    let isFinished = false;
    options.onBegan?.(requestId, delivered.length);
    try {
      yield headOf(model, models);
      const end = maxTokensOf(request);
      const { length: first } = delivered;
      for (let index = first; index < end; index += 1) {
        await next(signal);
        signal.throwIfAborted();
        const token = countedToken(prompt, index);
        const usage = usageOf(prompt, index + 1 - first);
        yield { type: 'text', text: countedText(token), tokens: [token], usage };
      }
      isFinished = true;
      yield finishOf(usageOf(prompt, Math.max(0, end - first)));
    } finally {
      options.onEnded?.(requestId, !isFinished);
    }
  }

  return {
    infer,
    models: () => models,
    slots: () => [],
    countTokens: (_model, text) => Promise.resolve(Math.ceil(text.length / 4)),
    isOwnerActive: () => false,
    releaseRemote: () => Promise.resolve(),
    command: () => Promise.resolve(),
    onChanged: () => () => {},
    onSlots: () => () => {},
  };
}

function deliveredTokens({ input }: InferenceRequest, prompt: string): readonly number[] {
  if (input.task !== 'chat' && input.task !== 'completion') return [];
  const { continuation } = input;
  if (continuation === undefined || !('tokens' in continuation)) return [];
  const wrong = continuation.tokens.findIndex(
    (token, index) => token !== countedToken(prompt, index),
  );
  if (wrong >= 0) {
    throw new MillpondError('internal', `Token ${String(wrong)} to go on from is not the answer's`);
  }
  return continuation.tokens;
}

function maxTokensOf({ input }: InferenceRequest): number {
  if (input.task !== 'chat' && input.task !== 'completion') return 0;
  return input.maxTokens ?? usualTokens;
}

function headOf(id: string, models: readonly ShareableModel[]): InferenceChunk {
  const digest = models.find((model) => model.id === id)?.digest;
  const servedBy = { upstream: 'local', machine: 'counting', model: id };
  return {
    type: 'head',
    servedBy: { ...servedBy, ...(digest !== undefined && { digest }) },
    headers: {},
  };
}

function usageOf(prompt: string, completionTokens: number): TokenUsage {
  const promptTokens = Math.ceil(prompt.length / 4);
  return { promptTokens, completionTokens, cachedTokens: 0, reasoningTokens: 0 };
}

function finishOf(usage: TokenUsage): InferenceChunk {
  const timings = { queuedMs: 0, loadMs: 0, prefillMs: 0, firstTokenMs: 0, decodeMs: 0 };
  return { type: 'finish', reason: 'length', usage, timings };
}
