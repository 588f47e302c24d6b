import { describe, expect, test, vi } from 'vitest';
import type { UsageReport, UsageSum } from '../../../api.ts';
import { bucketsOf, columnsOf, namedBuckets, seriesOf, ticksOf } from './chart-series.ts';

const none: UsageSum = {
  ...{ requests: 0, failed: 0, promptTokens: 0, cachedTokens: 0, completionTokens: 0 },
  ...{ reasoningTokens: 0, costMicros: 0, creditMicros: 0, unpriced: 0 },
};
const hour = 3_600_000;

function row(label: string, amounts: readonly number[]): UsageReport['rows'][number] {
  return {
    ...{ group: label, label },
    sum: { ...none, requests: amounts.reduce((sum, each) => sum + each, 0) },
    points: amounts.map((requests, index) => ({ at: index * hour, sum: { ...none, requests } })),
  };
}

const buckets = [0, hour];

describe('series', () => {
  test('the largest five stand by themselves, and all others are summed as one', () => {
    const rows = [1, 2, 3, 4, 5, 6, 7].map((size) => row(`m${String(size)}`, [size, size]));
    const series = seriesOf(rows, buckets, 'requests');
    expect(series.map(({ label }) => label)).toEqual(['m7', 'm6', 'm5', 'm4', 'm3', '']);
    expect(series.at(-1)).toMatchObject({ slot: 'other', groups: ['m2', 'm1'], amounts: [3, 3] });
  });

  test('what is drawn together is exactly what the rows hold', () => {
    const rows = [3, 1, 4, 1, 5, 9, 2, 6].map((size, index) => row(`m${String(index)}`, [size, 1]));
    const columns = columnsOf(seriesOf(rows, buckets, 'requests'), buckets.length);
    expect(columns.map(({ total }) => total)).toEqual([31, 8]);
    for (const { parts } of columns) {
      for (const [index, part] of parts.entries()) {
        expect(part.from).toBe(index === 0 ? 0 : parts[index - 1]?.to);
      }
    }
  });

  test('a row without an amount is not drawn, and a point is never lost', () => {
    const late = { ...row('late', [2]), points: [{ at: hour + 5, sum: { ...none, requests: 2 } }] };
    const series = seriesOf([late, row('none', [0])], buckets, 'requests');
    expect(series).toHaveLength(1);
    expect(series[0]?.amounts).toEqual([0, 2]);
  });

  test('tokens are prompt and answer, and cost is what has a price', () => {
    const sum = { ...none, promptTokens: 10, completionTokens: 4, costMicros: 7, requests: 1 };
    const one = { group: 'a', label: 'a', sum, points: [{ at: 0, sum }] };
    expect(seriesOf([one], buckets, 'tokens')[0]?.total).toBe(14);
    expect(seriesOf([one], buckets, 'cost')[0]?.total).toBe(7);
  });
});

describe('buckets', () => {
  test('quiet hours are there, and the end is not', () => {
    const range = { from: 0, to: 3 * hour, step: 'hour' } as const;
    expect(bucketsOf(range, [])).toEqual([0, hour, 2 * hour]);
  });

  test('days begin when the gateway’s do, also in another time zone', () => {
    const midnight = new Date(2026, 10, 8).getTime();
    const theirs = midnight + 5 * hour;
    const range = { from: midnight, to: midnight + 72 * hour, step: 'day' } as const;
    const starts = bucketsOf(range, [theirs + 24 * hour]);
    expect(starts[0]).toBe(theirs - 24 * hour);
    expect(starts).toContain(theirs + 24 * hour);
    expect(bucketsOf(range, [])).toHaveLength(3);
  });

  test('a day with an hour more is one day, and none before the range is drawn', () => {
    vi.stubEnv('TZ', 'Europe/Berlin');
    const day = (date: number) => new Date(2026, 9, date).getTime();
    expect(day(26) - day(25)).toBe(25 * hour);
    const range = { from: day(24), to: day(28), step: 'day' } as const;
    const days = [24, 25, 26, 27].map(day);
    expect(bucketsOf(range, [day(27)])).toEqual(days);
    expect(bucketsOf(range, [])).toEqual(days);
  });

  test('the bucket that a range begins in is there', () => {
    const range = { from: 10 * hour + 1, to: 12 * hour, step: 'hour' } as const;
    expect(bucketsOf(range, [20 * hour])).toEqual([10 * hour, 11 * hour]);
  });
});

describe('axis', () => {
  test.each([0.4, 1, 3, 7, 9.99, 10, 12_345, 4.4e6])(
    '%d has at most four lines, all round',
    (most) => {
      const ticks = ticksOf(most);
      expect(ticks.length).toBeLessThanOrEqual(5);
      expect(ticks[0]).toBe(0);
      expect(ticks.at(-1)).toBeGreaterThanOrEqual(most);
      expect(ticks.at(-2)).toBeLessThan(most);
    },
  );

  test('nothing has the ground alone', () => {
    expect(ticksOf(0)).toEqual([0]);
  });

  test('names below the chart never touch', () => {
    expect(namedBuckets(14, 700, 50)).toHaveLength(14);
    expect(namedBuckets(90, 320, 64)).toEqual([0, 18, 36, 54, 72]);
    expect(namedBuckets(0, 320, 64)).toEqual([]);
  });
});
