import type { Receipt } from '../types.ts';

/** What the line under an answer can say. Undefined where nothing was measured: the place stays empty. */
export interface ReceiptFigures {
  readonly tokensPerSecond: number | undefined;
  /** From the engine's acceptance to the first token; waiting and loading are told apart from it. */
  readonly firstTokenMs: number | undefined;
  readonly completionTokens: number;
  readonly reasoningTokens: number;
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly queuedMs: number;
  readonly loadMs: number;
}

export function receiptFigures({ usage, timings }: Receipt): ReceiptFigures {
  // The first token ends the prefill; decoding makes the ones after it.
  const decoded = usage.completionTokens - 1;
  const isMeasured = decoded > 0 && timings.decodeMs > 0;
  return {
    tokensPerSecond: isMeasured ? (decoded * 1000) / timings.decodeMs : undefined,
    firstTokenMs: usage.completionTokens > 0 ? timings.firstTokenMs : undefined,
    completionTokens: usage.completionTokens,
    reasoningTokens: usage.reasoningTokens,
    promptTokens: usage.promptTokens,
    cachedTokens: usage.cachedTokens,
    queuedMs: timings.queuedMs,
    loadMs: timings.loadMs,
  };
}

const knownReasons = [
  'stop',
  'length',
  'tool-calls',
  'content-filter',
  'stopped',
  'failed',
  'interrupted',
] as const;

/** How a finish reason reads; `other` is said as it came. */
export type StopReason = (typeof knownReasons)[number] | 'other';

export function stopReasonOf(finishReason: string): StopReason {
  return knownReasons.find((known) => known === finishReason) ?? 'other';
}
