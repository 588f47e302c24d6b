import type { CSSProperties, KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { ChartFrame } from './chart-frame.ts';
import type { Column, Series } from './chart-series.ts';
import styles from './Chart.module.css';
import { Swatch } from './Swatch.tsx';
import type { UsageWords } from './use-usage-words.ts';

export interface ChartReadingProps {
  readonly series: readonly Series[];
  readonly buckets: readonly number[];
  readonly columns: readonly Column[];
  readonly words: UsageWords;
  readonly frame: ChartFrame;
  readonly read: number | undefined;
  readonly onRead: (index: number | undefined) => void;
}

/** A hand that lies over the chart: it says what one moment holds. */
export function ChartReading(props: ChartReadingProps) {
  const { series, buckets, columns, words, frame, read, onRead } = props;
  const { t } = useTranslation();
  const last = buckets.length - 1;
  const at = read ?? last;
  const amounts = series
    .map((one) => ({ ...one, amount: one.amounts[at] ?? 0 }))
    .filter(({ amount }) => amount > 0);
  const total = words.amount(columns[at]?.total ?? 0);
  const when = words.long(buckets[at] ?? 0);
  const spoken = amounts.map(({ label, amount }) => `${label} ${words.amount(amount)}`).join(', ');
  return (
    <>
      <div
        role="slider"
        tabIndex={0}
        aria-label={t('usage.read')}
        aria-valuemin={0}
        aria-valuemax={last}
        aria-valuenow={at}
        aria-valuetext={`${when}: ${total}. ${spoken}`}
        className={styles['hand']}
        style={{ '--left': `${String(frame.left)}px` } as CSSProperties}
        onKeyDown={(event) => {
          const next = indexAfter(event, at, last);
          if (next === undefined) return;
          event.preventDefault();
          onRead(next);
        }}
        onPointerMove={(event) => {
          const { left } = event.currentTarget.getBoundingClientRect();
          onRead(frame.indexAt(event.clientX - left + frame.left));
        }}
        onPointerLeave={() => {
          onRead(undefined);
        }}
        onFocus={() => {
          onRead(at);
        }}
        onBlur={() => {
          onRead(undefined);
        }}
      />
      {read !== undefined && <Words {...{ amounts, total, when, words, frame, at }} />}
    </>
  );
}

interface WordsProps extends Pick<ChartReadingProps, 'words' | 'frame'> {
  readonly amounts: readonly (Series & { readonly amount: number })[];
  readonly total: string;
  readonly when: string;
  readonly at: number;
}

/** What one moment holds, beside its bar and inside the chart. */
function Words({ amounts, total, when, words, frame, at }: WordsProps) {
  const x = frame.xOf(at) + frame.barWidth / 2;
  return (
    <div
      aria-hidden
      className={styles['reading']}
      data-side={x > frame.width / 2 ? 'left' : 'right'}
      style={{ '--x': `${String(x)}px` } as CSSProperties}
    >
      <p className={styles['when']}>
        <span>{when}</span>
        <b>{total}</b>
      </p>
      {amounts.toReversed().map(({ slot, label, amount }) => (
        <p key={slot} className={styles['line']}>
          <Swatch slot={slot} />
          <span>{label}</span>
          <b>{words.amount(amount)}</b>
        </p>
      ))}
    </div>
  );
}

function indexAfter({ key }: KeyboardEvent, at: number, last: number): number | undefined {
  switch (key) {
    case 'ArrowLeft':
    case 'ArrowDown':
      return Math.max(0, at - 1);
    case 'ArrowRight':
    case 'ArrowUp':
      return Math.min(last, at + 1);
    case 'Home':
      return 0;
    case 'End':
      return last;
    default:
      return undefined;
  }
}
