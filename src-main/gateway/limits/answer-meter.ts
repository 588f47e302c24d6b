import type { InferenceChunk } from '../../core/inference.ts';
import type { TokenUsage } from '../../core/usage.ts';
import type { Estimate } from './estimate.ts';
import { tokensOf } from './estimate.ts';
import type { AnsweredBy } from './ports.ts';

export type AnswerEnd =
  | 'done'
  | 'failed'
  /** The caller left, or somebody ended the request. */
  | 'cancelled';

/** Watches one answer go by, and knows at every moment what it has used. */
export class AnswerMeter {
  answeredBy: AnsweredBy | undefined;
  /** Somebody was asked: the work has begun. */
  isAsked = false;
  private readonly estimate: Estimate;
  private usage: TokenUsage | undefined;
  private hasContent = false;
  private produced = 0;

  constructor(estimate: Estimate) {
    this.estimate = estimate;
  }

  observe(chunk: InferenceChunk): void {
    switch (chunk.type) {
      case 'status':
        return;
      case 'head':
        this.answeredBy = chunk.servedBy;
        this.isAsked = true;
        return;
      case 'text':
      case 'reasoning':
        this.produced += chunk.tokens?.length ?? tokensOf(chunk.text);
        break;
      case 'tool-call':
        this.produced += chunk.tokens?.length ?? tokensOf(chunk.argumentsDelta);
        break;
      case 'raw':
        this.produced += eventsIn(chunk.text);
        break;
      case 'bytes':
      case 'embedding':
      case 'scores':
      case 'finish':
    }
    this.hasContent = true;
    this.usage = ('usage' in chunk ? chunk.usage : undefined) ?? this.usage;
  }

  /** Tokens that the answer has taken so far, prompt included. */
  get tokensSoFar(): number {
    const { usage } = this;
    if (usage !== undefined) return usage.promptTokens + usage.completionTokens;
    return this.estimate.likelyPromptTokens + this.produced;
  }

  /**
   * What is charged. A failure before the answer had begun costs nothing; whoever leaves pays for the
   * prompt that was being read and for what was written, and an answer that broke off for what came.
   */
  charged(end: AnswerEnd): TokenUsage | undefined {
    if (!this.hasContent && (end === 'failed' || !this.isAsked)) return undefined;
    return (
      this.usage ?? {
        promptTokens: this.estimate.likelyPromptTokens,
        cachedTokens: 0,
        completionTokens: this.produced,
        reasoningTokens: 0,
        isEstimated: true,
      }
    );
  }
}

/** A server sends at most about one event for each token. */
function eventsIn(text: string): number {
  // Most pieces are one event.
  if (text.startsWith('data:') && !text.includes('data:', 1)) return 1;
  return text.match(/^data:/gm)?.length ?? tokensOf(text);
}
