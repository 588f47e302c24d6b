/** Bytes of one file that a server handed over, half-open. */
export interface SentRange {
  readonly start: number;
  readonly end: number;
}

/** How many bytes were handed over more than once, counted once for each time too many. */
export function bytesSentTwice(ranges: readonly SentRange[]): number {
  const sent = ranges.reduce((sum, { start, end }) => sum + end - start, 0);
  let covered = 0;
  let reached = 0;
  for (const { start, end } of ranges.toSorted((a, b) => a.start - b.start)) {
    if (end <= reached) continue;
    covered += end - Math.max(start, reached);
    reached = end;
  }
  return sent - covered;
}
