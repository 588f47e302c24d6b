import type { UsageReport, UsageSum } from '../../../api.ts';

export const metrics = ['tokens', 'cost', 'requests'] as const;
export type Metric = (typeof metrics)[number];

/** What a bar is as high as. Cost is millionths of a dollar. */
export function amountOf(sum: UsageSum, metric: Metric): number {
  switch (metric) {
    case 'tokens':
      return sum.promptTokens + sum.completionTokens;
    case 'cost':
      return sum.costMicros;
    case 'requests':
      return sum.requests;
  }
}

/** The colours of the chart in their order; what is left over has none of its own. */
export const slots = ['s1', 's2', 's3', 's4', 's5'] as const;
export type Slot = (typeof slots)[number] | 'other';

export interface Series {
  /** Groups drawn together: one, or all that are left over. */
  readonly groups: readonly string[];
  /** Empty for what is left over. */
  readonly label: string;
  readonly slot: Slot;
  /** One amount per bucket. */
  readonly amounts: readonly number[];
  readonly total: number;
}

type Row = UsageReport['rows'][number];

/** The largest five by themselves, all others together. Rows without an amount are not drawn. */
export function seriesOf(
  rows: readonly Row[],
  buckets: readonly number[],
  metric: Metric,
): readonly Series[] {
  const drawn = rows
    .map((row) => ({ row, total: amountOf(row.sum, metric) }))
    .filter(({ total }) => total > 0)
    .toSorted((a, b) => b.total - a.total || a.row.label.localeCompare(b.row.label));
  const rest = drawn.slice(slots.length);
  const named = slots.flatMap((slot, index): Series[] => {
    const one = drawn[index];
    if (one === undefined) return [];
    const { row, total } = one;
    return [
      {
        ...{ groups: [row.group], label: row.label, slot, total },
        amounts: amountsOf([row], buckets, metric),
      },
    ];
  });
  if (rest.length === 0) return named;
  return [
    ...named,
    {
      ...{ groups: rest.map(({ row }) => row.group), label: '', slot: 'other' },
      amounts: amountsOf(
        rest.map(({ row }) => row),
        buckets,
        metric,
      ),
      total: rest.reduce((sum, { total }) => sum + total, 0),
    },
  ];
}

function amountsOf(rows: readonly Row[], buckets: readonly number[], metric: Metric): number[] {
  const amounts = buckets.map(() => 0);
  for (const { points } of rows) {
    for (const { at, sum } of points) {
      const index = bucketAt(buckets, at);
      amounts[index] = (amounts[index] ?? 0) + amountOf(sum, metric);
    }
  }
  return amounts;
}

/** The bucket that a moment falls into: the last one that begins at or before it, else the first. */
function bucketAt(buckets: readonly number[], at: number): number {
  return Math.max(
    0,
    buckets.findLastIndex((start) => start <= at),
  );
}

const hourMs = 3_600_000;

/**
 * Every hour or day of a range, oldest first, so that quiet ones are seen as such. Days begin when the
 * gateway's do: by its own points where there are any.
 */
export function bucketsOf(
  { from, to, step }: { readonly from: number; readonly to: number; readonly step: 'hour' | 'day' },
  points: readonly number[],
): readonly number[] {
  const [anchor = from] = points;
  const starts: number[] = [];
  for (let index = 0, at = firstStart(from, anchor, step); at < to; index += 1) {
    starts.push(at);
    at = shifted(firstStart(from, anchor, step), index + 1, step);
  }
  return starts;
}

/** The start of the hour or day that holds `from`, counted from a start that is known. */
function firstStart(from: number, anchor: number, step: 'hour' | 'day'): number {
  const length = step === 'hour' ? hourMs : 24 * hourMs;
  let back = Math.ceil((anchor - from) / length);
  while (shifted(anchor, -back, step) > from) back += 1;
  while (shifted(anchor, 1 - back, step) <= from) back -= 1;
  return shifted(anchor, -back, step);
}

/** So many hours or calendar days on; a day that is an hour shorter stays one day. */
function shifted(at: number, by: number, step: 'hour' | 'day'): number {
  if (step === 'hour') return at + by * hourMs;
  const date = new Date(at);
  date.setDate(date.getDate() + by);
  return date.getTime();
}

/** The heights of one bucket's parts, from the ground up. */
export interface Part {
  readonly slot: Slot;
  readonly from: number;
  readonly to: number;
}

export interface Column {
  readonly parts: readonly Part[];
  readonly total: number;
}

export function columnsOf(series: readonly Series[], count: number): readonly Column[] {
  return Array.from({ length: count }, (_, index) => {
    let total = 0;
    const parts = series.flatMap(({ slot, amounts }) => {
      const amount = amounts[index] ?? 0;
      if (amount <= 0) return [];
      const from = total;
      total += amount;
      return [{ slot, from, to: total }];
    });
    return { parts, total };
  });
}

/** Round numbers from zero to at least the largest, four lines at most. */
export function ticksOf(largest: number): readonly number[] {
  if (largest <= 0) return [0];
  const raw = largest / 3;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= raw) ?? 10) * power;
  const count = Math.ceil(largest / step - 1e-9);
  return Array.from({ length: count + 1 }, (_, index) => index * step);
}

/** Which buckets are named below the chart, so that names never touch. */
export function namedBuckets(count: number, widthPx: number, namePx: number): readonly number[] {
  if (count === 0) return [];
  const room = Math.max(1, Math.floor(widthPx / namePx));
  const every = Math.max(1, Math.ceil(count / room));
  return Array.from({ length: Math.ceil(count / every) }, (_, index) => index * every);
}
