import type { InferenceBackend, InferenceChunk } from '../../src-main/core/inference.ts';
import type { TokenUsage } from '../../src-main/core/usage.ts';

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

const intervalMs = 1000 / tokensPerSecond;
/** Streams are spread over the interval like callers who came at different times. */
const cohortCount = 20;

/** Wakes many streams with one timer, so that the fake costs little of the process it lives and ends with. */
class Cohorts {
  private readonly waiting: (() => void)[][] = Array.from({ length: cohortCount }, () => []);
  private next = 0;
  private joined = 0;
  private readonly startedAt = performance.now();

  constructor() {
    setInterval(() => {
      this.catchUp();
    }, 1);
  }

  join(): number {
    this.joined += 1;
    return this.joined % cohortCount;
  }

  tick(cohort: number): Promise<void> {
    return new Promise((resolve) => this.waiting[cohort]?.push(resolve));
  }

  /** Timers come late: cohorts that are due are woken in their order. */
  private catchUp(): void {
    const due = ((performance.now() - this.startedAt) / intervalMs) * cohortCount;
    for (; this.next < due; this.next += 1) {
      const cohort = this.next % cohortCount;
      const waiting = this.waiting[cohort] ?? [];
      this.waiting[cohort] = [];
      for (const wake of waiting) wake();
    }
  }
}

/** Writes `1 `, `2 ` … at 50 tokens a second, as many as were asked for. */
export function createPacedModel(): InferenceBackend {
  const cohorts = new Cohorts();
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
