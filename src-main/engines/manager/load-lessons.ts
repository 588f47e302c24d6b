import type { InferenceChunk } from '../../core/inference.ts';
import type { ModelRates } from '../../core/node.ts';
import type { InferenceEngine } from '../engine.ts';
import type { LoadForecast } from '../ports.ts';
import { AnswerRates } from './answer-rates.ts';
import type { LoadPlan } from './load-plan.ts';

interface LoadLessonsDeps {
  readonly engine: InferenceEngine;
  readonly plan: LoadPlan;
  /** Absent: nobody learns from this load. */
  readonly forecast: LoadForecast | undefined;
}

/** Compares what a load was predicted to be like with what it is, and passes it on. */
export class LoadLessons {
  /** As it was predicted when the load began, for an honest comparison. */
  readonly predictedTokensPerSecond: number | undefined;
  private readonly deps: LoadLessonsDeps;
  private readonly answerRates = new AnswerRates();
  private hasTaughtMemory = false;

  constructor(deps: LoadLessonsDeps) {
    this.deps = deps;
    const { inspection } = deps.plan;
    this.predictedTokensPerSecond = inspection.facts.capabilities.completion
      ? deps.forecast?.predictedSpeed(inspection)
      : undefined;
  }

  get measuredTokensPerSecond(): number | undefined {
    return this.answerRates.tokensPerSecond;
  }

  get rates(): ModelRates | undefined {
    return this.answerRates.rates;
  }

  /** What it took was learnt: the next prediction knows it. */
  get isLearned(): boolean {
    return this.hasTaughtMemory;
  }

  /** Passes the chunks of one answer on and learns from them. */
  async *follow(answer: AsyncIterable<InferenceChunk>): AsyncGenerator<InferenceChunk> {
    const watch = this.answerRates.begin();
    let isWhole = false;
    try {
      for await (const chunk of answer) {
        watch.saw(chunk);
        yield chunk;
      }
      isWhole = true;
    } finally {
      const rate = watch.end();
      if (isWhole) this.learn(rate);
    }
  }

  private learn(rate: number | undefined): void {
    const { forecast, engine, plan } = this.deps;
    if (forecast === undefined) return;
    const { bytesPerToken, gpuLayers, layers, cpuBytes, gpuBytes } = plan.inspection;
    if (rate !== undefined) {
      const gpuShare = layers > 0 ? Math.min(1, gpuLayers / layers) : 0;
      forecast.learnSpeed({ bytesPerToken, gpuShare, tokensPerSecond: rate });
    }
    const measuredBytes = engine.residentBytes();
    // The first answer touches what a load only set aside.
    if (this.hasTaughtMemory || measuredBytes === undefined) return;
    this.hasTaughtMemory = true;
    const { gpuMemoryBytes } = engine.facts;
    forecast.learnLoad({
      predicted: { cpuBytes, gpuBytes },
      measuredBytes,
      ...(gpuMemoryBytes !== undefined && { measuredGpuBytes: gpuMemoryBytes }),
    });
  }
}
