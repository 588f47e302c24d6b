/** What several runs of one measurement came to. */
export interface Summary {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  /** How many values it stands for. */
  readonly count: number;
}

/** The middle value; the mean of the two middle ones for an even count. Throws for none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  if (upper === undefined) throw new RangeError('There is no median of nothing');
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? upper;
  return (lower + upper) / 2;
}

/** The smallest value that at least `share` (0 to 1) of all values do not exceed. Throws for none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const rank = Math.max(1, Math.ceil(share * sorted.length));
  const value = sorted[rank - 1];
  if (value === undefined) throw new RangeError('There is no percentile of nothing');
  return value;
}

export function summarize(values: readonly number[]): Summary {
  return {
    median: median(values),
    min: Math.min(...values),
    max: Math.max(...values),
    count: values.length,
  };
}

/** The longest time between two neighbours of ascending moments; 0 for fewer than two. */
export function longestGap(moments: readonly number[]): number {
  return moments
    .slice(1)
    .reduce((longest, moment, index) => Math.max(longest, moment - (moments[index] ?? moment)), 0);
}
