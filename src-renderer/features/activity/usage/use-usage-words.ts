import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../i18n/format.ts';
import type { Metric } from './chart-series.ts';
import type { Step } from './usage-range.ts';

/** How a chart's amounts and moments are written. */
export interface UsageWords {
  /** "Tokens a day". */
  readonly title: string;
  readonly amount: (value: number) => string;
  /** A moment below the axis: 8 Nov, 14:00. */
  readonly short: (at: number) => string;
  /** A moment in a sentence: 8 Nov 14:00. */
  readonly long: (at: number) => string;
}

export function useUsageWords(step: Step, metric: Metric): UsageWords {
  const { t } = useTranslation();
  const format = useFormat();
  const isHour = step === 'hour';
  return {
    title: t(`usage.title.${metric}.${step}`),
    amount: metric === 'cost' ? format.money : format.compact,
    short: isHour ? format.time : format.day,
    long: (at) => (isHour ? `${format.day(at)} ${format.time(at)}` : format.day(at)),
  };
}
