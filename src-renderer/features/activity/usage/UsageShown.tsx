import { useTranslation } from 'react-i18next';
import type { UsageGrouping } from '../../../api.ts';
import { Asking } from '../../../ui/Asking.tsx';
import { EmptyState } from '../../../ui/EmptyState.tsx';
import type { Metric } from './chart-series.ts';
import { ChartCard } from './ChartCard.tsx';
import { CostCard } from './CostCard.tsx';
import { TimeTable } from './TimeTable.tsx';
import styles from './Usage.module.css';
import { stepOf } from './usage-range.ts';
import type { Bounds, UsageRange } from './usage-range.ts';
import { UsageTable } from './UsageTable.tsx';
import { UsageTotals } from './UsageTotals.tsx';
import { useUsage } from './use-usage.ts';

export interface UsageShownProps {
  readonly range: UsageRange;
  readonly bounds: Bounds;
  readonly by: UsageGrouping;
  readonly metric: Metric;
  readonly onBy: (by: UsageGrouping) => void;
  readonly onMetric: (metric: Metric) => void;
}

/** Figures, the chart, and the tables behind it: all of one answer. */
export function UsageShown(props: UsageShownProps) {
  const { range, bounds, by, metric } = props;
  const { t } = useTranslation();
  const { answer, error, refresh } = useUsage({ bounds, by, step: stepOf(range, bounds) });
  const isEmpty = answer?.report.totals.requests === 0;
  return (
    <Asking
      isKnown={answer !== undefined}
      error={error}
      failedTitle={t('usage.failed')}
      onRetry={refresh}
    >
      {answer !== undefined && isEmpty && (
        <EmptyState title={t('usage.none')}>{t('usage.noneText')}</EmptyState>
      )}
      {answer !== undefined && !isEmpty && (
        <>
          <UsageTotals report={answer.report} />
          <div className={styles['cards']}>
            <ChartCard told={answer} {...props} />
            <CostCard bounds={bounds} />
          </div>
          <UsageTable told={answer} metric={metric} />
          <TimeTable told={answer} />
        </>
      )}
    </Asking>
  );
}
