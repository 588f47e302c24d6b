import type { InferenceChunk } from '../../core/inference.ts';
import type { ModelRates } from '../../core/node.ts';

/** Fewer tokens than this say more about the start of an answer than about its pace. */
const leastTokens = 16;
const rememberedAnswers = 9;
/** Reading fewer tokens than this says more about starting than about the pace. */
const leastPromptTokens = 64;

/** Measures how fast an engine writes while it has one answer only. */
export class AnswerRates {
  private readonly decoding: number[] = [];
  private readonly reading: number[] = [];
  private running = 0;
  /** Grows whenever answers overlap: what began before is not alone any more. */
  private overlaps = 0;

  /** Tokens of one answer alone per second: the median of the newest; undefined before the first. */
  get tokensPerSecond(): number | undefined {
    return median(this.decoding);
  }

  /** Undefined until both a prompt was read and an answer was written alone. */
  get rates(): ModelRates | undefined {
    const prefillPerSecond = median(this.reading);
    const decodePerSecond = median(this.decoding);
    if (prefillPerSecond === undefined || decodePerSecond === undefined) return undefined;
    return { prefillPerSecond, decodePerSecond };
  }

  /** Call it when an answer begins; what it returns takes the answer's chunks and, once, its end. */
  begin(): AnswerWatch {
    if (this.running > 0) this.overlaps += 1;
    this.running += 1;
    const overlapsBefore = this.overlaps;
    const wasAlone = this.running === 1;
    let rate: number | undefined;
    let readRate: number | undefined;
    let finishes = 0;
    return {
      saw: (chunk) => {
        if (chunk.type !== 'finish') return;
        finishes += 1;
        const { usage, timings } = chunk;
        const read = usage.promptTokens - usage.cachedTokens;
        if (read >= leastPromptTokens && timings.prefillMs > 0) {
          readRate = (read / timings.prefillMs) * 1000;
        }
        if (usage.completionTokens < leastTokens || timings.decodeMs <= 0) return;
        // The first token belongs to reading the prompt.
        rate = ((usage.completionTokens - 1) / timings.decodeMs) * 1000;
      },
      end: () => {
        this.running -= 1;
        const isAlone = wasAlone && this.overlaps === overlapsBefore && finishes === 1;
        if (!isAlone) return undefined;
        remember(this.reading, readRate);
        remember(this.decoding, rate);
        return rate;
      },
    };
  }
}

function remember(rates: number[], rate: number | undefined): void {
  if (rate === undefined) return;
  rates.push(rate);
  rates.splice(0, rates.length - rememberedAnswers);
}

function median(rates: readonly number[]): number | undefined {
  return rates.toSorted((a, b) => a - b)[rates.length >> 1];
}

export interface AnswerWatch {
  saw(chunk: InferenceChunk): void;
  /** The answer's rate in tokens per second, where it tells something. */
  end(): number | undefined;
}
