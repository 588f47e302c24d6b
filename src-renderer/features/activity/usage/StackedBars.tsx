import { useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { columnsOf, namedBuckets, ticksOf } from './chart-series.ts';
import type { Series } from './chart-series.ts';
import { Bars } from './Bars.tsx';
import { frameOf } from './chart-frame.ts';
import type { ChartFrame } from './chart-frame.ts';
import { ChartReading } from './ChartReading.tsx';
import styles from './Chart.module.css';
import type { UsageWords } from './use-usage-words.ts';
import { useWidth } from './use-width.ts';

export interface StackedBarsProps {
  readonly series: readonly Series[];
  readonly buckets: readonly number[];
  readonly words: UsageWords;
}

/** Room for the names of moments below the chart. */
const namePx = 56;

/**
 * Stacked bars over time. The pointer, or the arrows once it has the focus, read one moment after the
 * other; the tables below say the same.
 */
export function StackedBars({ series, buckets, words }: StackedBarsProps) {
  const { t } = useTranslation();
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const [read, setRead] = useState<number>();
  const columns = useMemo(() => columnsOf(series, buckets.length), [series, buckets.length]);
  const largest = Math.max(0, ...columns.map(({ total }) => total));
  const ticks = ticksOf(largest);
  const frame = frameOf({ width, count: buckets.length, ticks });
  const best = columns.findIndex(({ total }) => total === largest);
  const label = t('usage.chartLabel', {
    title: words.title,
    count: buckets.length,
    ...{ first: words.long(buckets[0] ?? 0), last: words.long(buckets.at(-1) ?? 0) },
    ...{ best: words.long(buckets[best] ?? 0), amount: words.amount(largest) },
  });
  return (
    <div ref={box} className={styles['chart']}>
      <svg
        role="img"
        aria-label={label}
        width={width}
        height={frame.height}
        viewBox={`0 0 ${String(Math.max(1, width))} ${String(frame.height)}`}
      >
        <Grid ticks={ticks} frame={frame} words={words} />
        <Bars columns={columns} frame={frame} read={read} />
        {namedBuckets(buckets.length, width - frame.left, namePx).map((index) => (
          <text
            key={index}
            className={styles['axis']}
            // The last name ends with the chart instead of beyond it.
            x={Math.min(frame.xOf(index) + frame.barWidth / 2, width - namePx / 2)}
            y={frame.height - 4}
            textAnchor="middle"
          >
            {words.short(buckets[index] ?? 0)}
          </text>
        ))}
      </svg>
      <ChartReading {...{ series, buckets, columns, words, frame, read }} onRead={setRead} />
    </div>
  );
}

interface GridProps {
  readonly ticks: readonly number[];
  readonly frame: ChartFrame;
  readonly words: UsageWords;
}

function Grid({ ticks, frame, words }: GridProps) {
  return ticks.map((tick) => (
    <g key={tick}>
      <line
        className={styles['grid']}
        data-zero={tick === 0 || undefined}
        x1={frame.left}
        x2={frame.width}
        y1={frame.yOf(tick)}
        y2={frame.yOf(tick)}
      />
      <text className={styles['axis']} x={frame.left - 8} y={frame.yOf(tick) + 4} textAnchor="end">
        {words.amount(tick)}
      </text>
    </g>
  ));
}
