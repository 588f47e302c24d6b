import type { RequestRecord } from '../../../api.ts';
import type { Tone } from '../../../ui/StateBadge.tsx';

export type RequestState = RequestRecord['state'];

/** How each state is drawn; its word is `activity.state.<state>`. */
export const requestTones: Readonly<Record<RequestState, Tone>> = {
  waiting: 'waiting',
  loading: 'work',
  answering: 'work',
  done: 'ok',
  failed: 'fail',
  cancelled: 'rest',
};

/** An answer that is there sooner came in one piece: how fast it was written is not known. */
const shortestDecodeMs = 50;

/** Tokens per second while it wrote; undefined when that was not measured. */
export function decodeRate({ usage, timings }: RequestRecord): number | undefined {
  if (usage === undefined || timings === undefined) return undefined;
  // The first token belongs to the prompt's time.
  const tokens = usage.completionTokens - 1;
  const isMeasured = tokens > 0 && timings.decodeMs >= shortestDecodeMs;
  return isMeasured ? (tokens * 1000) / timings.decodeMs : undefined;
}

/** From arrival to the first token, as the client felt it: the line, the load and the prompt. */
export function firstTokenMs({ timings }: RequestRecord): number | undefined {
  return timings && timings.queuedMs + timings.loadMs + timings.firstTokenMs;
}

export const timeSpans = ['queued', 'load', 'prefill', 'decode', 'other'] as const;
export type TimeSpanName = (typeof timeSpans)[number];

export interface TimeSpan {
  readonly name: TimeSpanName;
  readonly ms: number;
  /** Where it begins on the whole, and how much of it it takes; both from 0 to 1. */
  readonly start: number;
  readonly share: number;
}

/** Where the time of a request went, in order; empty when nothing was measured. */
export function timeSpansOf({ timings, durationMs }: RequestRecord): readonly TimeSpan[] {
  if (timings === undefined) return [];
  const parts = [
    { name: 'queued' as const, ms: timings.queuedMs },
    { name: 'load' as const, ms: timings.loadMs },
    { name: 'prefill' as const, ms: timings.prefillMs },
    { name: 'decode' as const, ms: timings.decodeMs },
  ];
  const measured = parts.reduce((sum, part) => sum + part.ms, 0);
  const other = (durationMs ?? measured) - measured;
  const spans = [...parts, ...(other >= 1 ? [{ name: 'other' as const, ms: other }] : [])];
  const total = spans.reduce((sum, part) => sum + part.ms, 0);
  if (total <= 0) return [];
  let start = 0;
  return spans.map(({ name, ms }) => {
    const span = { name, ms, start, share: ms / total };
    start += span.share;
    return span;
  });
}
