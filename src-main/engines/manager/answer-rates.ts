import type { InferenceChunk } from '../../core/inference.ts';

/** Fewer tokens than this say more about the start of an answer than about its pace. */
const leastTokens = 16;
const rememberedAnswers = 9;

/** Measures how fast an engine writes while it has one answer only. */
export class AnswerRates {
  private readonly rates: number[] = [];
  private running = 0;
  /** Grows whenever answers overlap: what began before is not alone any more. */
  private overlaps = 0;

  /** Tokens of one answer alone per second: the median of the newest; undefined before the first. */
  get tokensPerSecond(): number | undefined {
    return this.rates.toSorted((a, b) => a - b)[this.rates.length >> 1];
  }

  /** Call it when an answer begins; what it returns takes the answer's chunks and, once, its end. */
  begin(): AnswerWatch {
    if (this.running > 0) this.overlaps += 1;
    this.running += 1;
    const overlapsBefore = this.overlaps;
    const wasAlone = this.running === 1;
    let rate: number | undefined;
    let finishes = 0;
    return {
      saw: (chunk) => {
        if (chunk.type !== 'finish') return;
        finishes += 1;
        const { usage, timings } = chunk;
        if (usage.completionTokens < leastTokens || timings.decodeMs <= 0) return;
        // The first token belongs to reading the prompt.
        rate = ((usage.completionTokens - 1) / timings.decodeMs) * 1000;
      },
      end: () => {
        this.running -= 1;
        const isAlone = wasAlone && this.overlaps === overlapsBefore && finishes === 1;
        if (!isAlone || rate === undefined) return undefined;
        this.rates.push(rate);
        this.rates.splice(0, this.rates.length - rememberedAnswers);
        return rate;
      },
    };
  }
}

export interface AnswerWatch {
  saw(chunk: InferenceChunk): void;
  /** The answer's rate in tokens per second, where it tells something. */
  end(): number | undefined;
}
