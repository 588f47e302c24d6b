import type { InferenceBackend, InferenceChunk } from '../../src-main/core/inference.ts';
import type { TokenUsage } from '../../src-main/core/usage.ts';
import { Cohorts } from '../support/cohorts.ts';

/** The pace of a fast cloud model. */
export const tokensPerSecond = 50;

const usage = (completionTokens: number): TokenUsage => ({
  promptTokens: 20,
  cachedTokens: 0,
  completionTokens,
  reasoningTokens: 0,
});

const head: InferenceChunk = {
  type: 'head',
  servedBy: { upstream: 'engine', machine: 'benchmark', model: 'instant' },
  headers: {},
};

const finish = (tokens: number): InferenceChunk => ({
  type: 'finish',
  reason: 'stop',
  usage: usage(tokens),
  timings: { queuedMs: 0, loadMs: 0, prefillMs: 0, firstTokenMs: 0, decodeMs: 0 },
});

/** Answers at once with one word: what is left is the gateway's own time. */
export const instantModel: InferenceBackend = {
  async *infer(_request, { signal }) {
    await Promise.resolve();
    signal.throwIfAborted();
    yield head;
    yield { type: 'text', text: 'pond', usage: usage(1) };
    yield finish(1);
  },
};

/** Writes `1 `, `2 ` … at 50 tokens a second, as many as were asked for. */
export function createPacedModel(): InferenceBackend {
  const cohorts = new Cohorts(tokensPerSecond);
  return {
    async *infer({ input }, { signal }) {
      const tokens = input.task === 'chat' ? (input.maxTokens ?? 0) : 0;
      const cohort = cohorts.join();
      yield head;
      for (let index = 1; index <= tokens; index += 1) {
        await cohorts.tick(cohort);
        signal.throwIfAborted();
        yield { type: 'text', text: `${index} `, usage: usage(index) };
      }
      yield finish(tokens);
    },
  };
}
