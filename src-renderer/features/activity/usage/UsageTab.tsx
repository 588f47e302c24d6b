import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { UsageGrouping } from '../../../api.ts';
import { useConnection } from '../../../state/connection.ts';
import { EmptyState } from '../../../ui/EmptyState.tsx';
import { useNow } from '../../../ui/use-now.ts';
import type { Metric } from './chart-series.ts';
import styles from './Usage.module.css';
import { boundsOf, firstRange } from './usage-range.ts';
import { UsageFilters } from './UsageFilters.tsx';
import { UsageShown } from './UsageShown.tsx';

/** What was used, by whom or what, over time, and what it cost. */
export function UsageTab() {
  const { t } = useTranslation();
  const isOffline = useConnection(({ phase }) => phase === 'offline');
  const [range, setRange] = useState(firstRange);
  const [by, setBy] = useState<UsageGrouping>('model');
  const [metric, setMetric] = useState<Metric>('tokens');
  // A new hour or day begins also while somebody looks.
  const bounds = boundsOf(range, useNow(60_000));
  if (isOffline) {
    return <EmptyState title={t('usage.stopped')}>{t('usage.stoppedText')}</EmptyState>;
  }
  return (
    <div className={styles['tab']}>
      <UsageFilters range={range} bounds={bounds} onRange={setRange} />
      {bounds === undefined ? (
        <EmptyState title={t('usage.noRange')}>{t('usage.noRangeText')}</EmptyState>
      ) : (
        <UsageShown {...{ range, bounds, by, metric }} onBy={setBy} onMetric={setMetric} />
      )}
    </div>
  );
}
