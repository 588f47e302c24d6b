import { useTranslation } from 'react-i18next';
import type { UsageGrouping } from '../../../api.ts';
import { SegmentedControl } from '../../../ui/SegmentedControl.tsx';
import { Select } from '../../../ui/Select.tsx';
import { bucketsOf, metrics, seriesOf } from './chart-series.ts';
import type { Metric } from './chart-series.ts';
import { groupName } from './group-words.ts';
import { StackedBars } from './StackedBars.tsx';
import { Swatch } from './Swatch.tsx';
import styles from './Usage.module.css';
import { useUsageWords } from './use-usage-words.ts';
import type { ToldUsage } from './use-usage.ts';

const groupings: readonly UsageGrouping[] = [
  ...(['model', 'machine', 'provider', 'key', 'person', 'pool'] as const),
];

export interface ChartCardProps {
  readonly told: ToldUsage;
  readonly by: UsageGrouping;
  readonly metric: Metric;
  readonly onBy: (by: UsageGrouping) => void;
  readonly onMetric: (metric: Metric) => void;
}

/** The chart, what its height means, and what its colours are. */
export function ChartCard({ told, by, metric, onBy, onMetric }: ChartCardProps) {
  const { t } = useTranslation();
  const { asked, report } = told;
  const words = useUsageWords(asked.step, metric);
  const points = report.rows.flatMap((row) => row.points.map(({ at }) => at));
  const buckets = bucketsOf({ ...asked.bounds, step: asked.step }, points);
  const series = seriesOf(report.rows, buckets, metric).map((one) => ({
    ...one,
    label:
      one.slot === 'other'
        ? t('usage.other')
        : groupName({ group: one.groups[0] ?? '', label: one.label }, asked.by, t),
  }));
  return (
    <section aria-label={words.title} className={styles['card']}>
      <div className={styles['cardHead']}>
        <SegmentedControl
          label={t('usage.height')}
          value={metric}
          options={metrics.map((value) => ({ value, label: t(`usage.metric.${value}`) }))}
          onChange={onMetric}
        />
        <Select
          aria-label={t('usage.by')}
          value={by}
          options={groupings.map((value) => ({ value, label: t(`usage.groupings.${value}`) }))}
          onChange={onBy}
        />
      </div>
      <h2>{words.title}</h2>
      {series.length === 0 ? (
        <p className={styles['hint']}>{t(`usage.nothing.${metric}`)}</p>
      ) : (
        <>
          <StackedBars series={series} buckets={buckets} words={words} />
          <ul className={styles['legend']}>
            {series.map(({ slot, label }) => (
              <li key={slot}>
                <Swatch slot={slot} />
                {label}
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}
