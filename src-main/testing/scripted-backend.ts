import type {
  FinishChunk,
  FinishReason,
  InferenceBackend,
  InferenceChunk,
  InferenceRequest,
} from '../core/inference.ts';
import type { TokenUsage } from '../core/usage.ts';

/** One step of a script: a chunk, a failure, or something to wait for. */
export type ScriptStep = InferenceChunk | Error | (() => Promise<unknown>);

/** One answer that was asked of the backend. */
export interface ScriptedCall {
  readonly request: InferenceRequest;
  readonly signal: AbortSignal;
  /** Resolves with `performance.now()` when the signal aborts. */
  readonly aborted: Promise<number>;
  /** Content chunks that were pulled so far. */
  pulled: number;
  /** True once the generator has ended, however it ended. */
  isClosed: boolean;
}

export interface ScriptedBackend extends InferenceBackend {
  readonly calls: readonly ScriptedCall[];
  /** Resolves with the next call that is made. */
  nextCall(): Promise<ScriptedCall>;
}

export const usageOf = (completionTokens: number): TokenUsage => ({
  promptTokens: 7,
  cachedTokens: 3,
  completionTokens,
  reasoningTokens: 0,
});

export const scriptedHead: InferenceChunk = {
  type: 'head',
  servedBy: {
    upstream: 'local',
    machine: 'test-machine',
    model: 'guide',
    digest: 'abcdef0123456789',
  },
  headers: {},
};

export function textChunks(...texts: readonly string[]): InferenceChunk[] {
  return texts.map((text, index) => ({ type: 'text', text, usage: usageOf(index + 1) }));
}

export function finishChunk(
  completionTokens: number,
  reason: FinishReason = 'stop',
  choice?: number,
): FinishChunk {
  return {
    type: 'finish',
    reason,
    usage: usageOf(completionTokens),
    timings: { queuedMs: 0, loadMs: 0, prefillMs: 1, firstTokenMs: 2, decodeMs: 3 },
    ...(choice !== undefined && { choice }),
  };
}

/** A whole answer: head, texts, finish. */
export function saying(...texts: readonly string[]): ScriptStep[] {
  return [scriptedHead, ...textChunks(...texts), finishChunk(texts.length)];
}

/** An answer that goes on until somebody leaves. */
export function* endless(): Generator<ScriptStep> {
  yield scriptedHead;
  for (let token = 1; ; token += 1) {
    yield { type: 'text', text: 'word ', usage: usageOf(token) };
    yield () => new Promise((resolve) => setImmediate(resolve));
  }
}

/** Plays what `script` returns for each request. */
export function createScriptedBackend(
  script: (request: InferenceRequest) => Iterable<ScriptStep>,
): ScriptedBackend {
  const calls: ScriptedCall[] = [];
  const waiting: ((call: ScriptedCall) => void)[] = [];
  return {
    calls,
    nextCall: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
      }),
    async *infer(request, { signal }) {
      const call: ScriptedCall = {
        request,
        signal,
        aborted: new Promise((resolve) => {
          signal.addEventListener('abort', () => {
            resolve(performance.now());
          });
        }),
        pulled: 0,
        isClosed: false,
      };
      calls.push(call);
      waiting.shift()?.(call);
      try {
        for (const step of script(request)) {
          if (step instanceof Error) throw step;
          if (typeof step === 'function') {
            await step();
            continue;
          }
          if (step.type !== 'head') call.pulled += 1;
          yield step;
        }
      } finally {
        call.isClosed = true;
      }
    },
  };
}
