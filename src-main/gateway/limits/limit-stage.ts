import type { UsageLimits } from '../../contract/limits.ts';
import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import type { InferenceChunk } from '../../core/inference.ts';
import type { Next, PipelineStage, RequestContext } from '../pipeline/pipeline.ts';
import { AnswerMeter } from './answer-meter.ts';
import type { AnswerEnd } from './answer-meter.ts';
import { estimateTokens } from './estimate.ts';
import type { Estimate } from './estimate.ts';
import type { Candidates } from './candidates.ts';
import { isRefusal, take } from './grant.ts';
import type { Grant } from './grant.ts';
import type { LimitPrices, PricedCandidate } from './ports.ts';
import { rateHeaders } from './rate-headers.ts';
import { refusalError } from './refusal.ts';
import type { Refusal } from './refusal.ts';
import type { Limited, Step, Used, Wanted } from './steps.ts';

export interface LimitStageDeps {
  readonly name: string;
  /** Whose limits hold for a request; empty: nobody's. */
  readonly limitedOf: (context: RequestContext) => readonly Limited[];
  readonly steps: readonly Step[];
  readonly prices: LimitPrices;
  readonly candidates: Candidates;
  readonly clock: Clock;
}

/** A reservation that proves too small grows by so many tokens at a time. */
const growthTokens = 256;

/** Lets a request in as far as limits allow, and settles what it really took however it ends. */
export function limitStage(deps: LimitStageDeps): PipelineStage {
  return {
    name: deps.name,
    run(context, next) {
      const limited = deps.limitedOf(context);
      return limited.length === 0 ? next(context) : limit(limited, context, next, deps);
    },
  };
}

async function* limit(
  limited: readonly Limited[],
  context: RequestContext,
  next: Next,
  deps: LimitStageDeps,
): AsyncGenerator<InferenceChunk, void, undefined> {
  const { request } = context;
  const headers = (): Record<string, string> =>
    rateHeaders(limited, deps.clock, request.raw?.dialect);
  const work = new LimitedWork(deps, context, limited);
  const admission = work.admit();
  const admitted = admission instanceof Promise ? await admission : admission;
  if (isRefusal(admitted)) throw refusalError(admitted, headers());
  let end: AnswerEnd = 'cancelled';
  try {
    const asked = {
      ...context,
      onPlaced: () => {
        work.meter.isAsked = true;
        context.onPlaced?.();
      },
    };
    for await (const chunk of next(asked)) {
      work.observe(chunk, admitted);
      yield chunk.type === 'head' ? { ...chunk, limits: { ...chunk.limits, ...headers() } } : chunk;
    }
    end = 'done';
  } catch (thrown) {
    end = MillpondError.from(thrown).code === 'cancelled' ? 'cancelled' : 'failed';
    throw thrown;
  } finally {
    admitted.settle(work.used(end));
  }
}

/** One request as far as limits go: what it may take, takes and took. */
class LimitedWork {
  readonly meter: AnswerMeter;
  private readonly deps: LimitStageDeps;
  private readonly context: RequestContext;
  private readonly limited: readonly Limited[];
  private readonly estimate: Estimate;
  private readonly hasMoney: boolean;
  private reserved: number;
  /** Read when money is first reckoned with. */
  private priced: readonly PricedCandidate[] | undefined;

  constructor(deps: LimitStageDeps, context: RequestContext, limited: readonly Limited[]) {
    const { request } = context;
    this.deps = deps;
    this.context = context;
    this.limited = limited;
    this.hasMoney = limited.some(({ limits }) => limitsMoney(limits));
    this.estimate = limited.some(({ limits }) => limitsTokens(limits))
      ? estimateTokens(request, deps.candidates.contextLength(context))
      : noEstimate;
    this.meter = new AnswerMeter(this.estimate);
    this.reserved = this.estimate.promptTokens + this.estimate.answerTokens;
  }

  admit(): Grant | Refusal | Promise<Grant | Refusal> {
    const { limited } = this;
    const { steps, clock } = this.deps;
    return take({ limited, wanted: this.wanted(), steps, clock });
  }

  /** An answer that outgrows its reservation is counted at once, so that nobody else gets its part. */
  observe(chunk: InferenceChunk, grant: Grant): void {
    this.meter.observe(chunk);
    const over = this.meter.tokensSoFar - this.reserved;
    if (over <= 0 || this.estimate === noEstimate) return;
    const tokens = over + growthTokens;
    this.reserved += tokens;
    grant.grow({ tokens, micros: this.hasMoney ? this.dearest(0, tokens) : 0 });
  }

  used(end: AnswerEnd): Used {
    const requests = end === 'done' || this.meter.isAsked ? 1 : 0;
    const usage = this.meter.charged(end);
    if (usage === undefined) return { requests, tokens: 0, micros: 0 };
    return {
      requests,
      tokens: usage.promptTokens + usage.completionTokens,
      micros: this.hasMoney ? this.cost(usage) : 0,
    };
  }

  private wanted(): Wanted {
    const { promptTokens, answerTokens, isUnbounded } = this.estimate;
    const tokens = promptTokens + answerTokens;
    // What a provider makes for a request that only passes costs something, whatever prices are known.
    const isPaid = this.context.request.input.task === 'proxy' && tokens > 0;
    const least = this.hasMoney && isPaid ? 1 : 0;
    return {
      ...{ promptTokens, tokens, isUnbounded },
      leastMicros: this.hasMoney ? Math.max(least, this.dearest(promptTokens, 0)) : 0,
      micros: this.hasMoney ? Math.max(least, this.dearest(promptTokens, answerTokens)) : 0,
    };
  }

  private dearest(promptTokens: number, answerTokens: number): number {
    const { prices, candidates } = this.deps;
    this.priced ??= candidates.priced(this.context);
    return prices.estimateMicros(this.priced, promptTokens, answerTokens);
  }

  /** Of who answered; whoever left before anybody did pays for the prompt at the dearest price. */
  private cost(usage: Parameters<LimitPrices['costMicros']>[0]['usage']): number {
    const by = this.meter.answeredBy;
    if (by === undefined) return this.dearest(usage.promptTokens, usage.completionTokens);
    const cost = this.deps.prices.costMicros({ model: by.model, provider: by.provider, usage });
    return cost.isPriced ? cost.micros : 0;
  }
}

const noEstimate: Estimate = {
  ...{ promptTokens: 0, likelyPromptTokens: 0, answerTokens: 0 },
  isUnbounded: false,
};

function limitsMoney({ spendMicrosPerDay, spendMicrosPerMonth }: UsageLimits): boolean {
  return spendMicrosPerDay !== undefined || spendMicrosPerMonth !== undefined;
}

function limitsTokens(limits: UsageLimits): boolean {
  const { tokensPerMinute, tokensPerDay, tokensPerMonth } = limits;
  return limitsMoney(limits) || (tokensPerMinute ?? tokensPerDay ?? tokensPerMonth) !== undefined;
}
