import type { FinishChunk, ServedBy } from '../core/inference.ts';
import { addUsage, type TokenUsage } from '../core/usage.ts';
import type { AnswerMove, Receipt } from './conversation.ts';

/** What was seen of one run of an answer; times are monotonic milliseconds. */
export interface AnswerRecord {
  readonly startedAt: number;
  readonly servedBy?: ServedBy;
  readonly firstChunkAt?: number;
  readonly lastChunkAt?: number;
  /** The last usage an engine reported. */
  readonly usage?: TokenUsage;
  readonly finish?: FinishChunk;
  /** Machines it came over from in this run. */
  readonly moves?: readonly AnswerMove[];
}

/**
 * The receipt of an answer, or undefined when no engine ever answered. For an answer that was cut
 * off, times are those seen from here. A continuation adds to the receipt of what was there before.
 */
export function receiptOf(
  record: AnswerRecord,
  finishReason: string,
  earlier: Receipt | undefined,
): Receipt | undefined {
  const { servedBy, finish, moves = [] } = record;
  const usage = finish?.usage ?? record.usage;
  if (servedBy === undefined || usage === undefined) return earlier;
  const receipt: Receipt = {
    model: servedBy.model,
    machine: moves.at(-1)?.to ?? servedBy.machine,
    usage,
    timings: finish?.timings ?? seenTimings(record),
    finishReason: finish?.reason ?? finishReason,
    ...(moves.length > 0 && { moves: [...moves] }),
  };
  return earlier === undefined ? receipt : join(earlier, receipt);
}

function seenTimings({ startedAt, firstChunkAt, lastChunkAt }: AnswerRecord): Receipt['timings'] {
  const first = firstChunkAt ?? startedAt;
  return {
    queuedMs: 0,
    loadMs: 0,
    prefillMs: 0,
    firstTokenMs: first - startedAt,
    decodeMs: (lastChunkAt ?? first) - first,
  };
}

/** One prompt, read once as far as the person is concerned; generated tokens and their time add up. */
function join(earlier: Receipt, later: Receipt): Receipt {
  const { promptTokens, cachedTokens } = earlier.usage;
  const moves = [...(earlier.moves ?? []), ...(later.moves ?? [])];
  return {
    ...later,
    ...(moves.length > 0 && { moves }),
    usage: { ...addUsage(earlier.usage, later.usage), promptTokens, cachedTokens },
    timings: {
      ...earlier.timings,
      decodeMs: earlier.timings.decodeMs + later.timings.decodeMs,
    },
  };
}
