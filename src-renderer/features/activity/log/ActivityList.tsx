import type { Ref } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../i18n/format.ts';
import { Asking } from '../../../ui/Asking.tsx';
import { Button } from '../../../ui/Button.tsx';
import { isFiltered } from './activity-filter.ts';
import { ActivityEmpty } from './ActivityEmpty.tsx';
import { ActivityFilters } from './ActivityFilters.tsx';
import { ActivityTable } from './ActivityTable.tsx';
import { everything } from './use-activity-page.ts';
import type { ActivityPageState } from './use-activity-page.ts';
import styles from './ActivityList.module.css';

export interface ActivityListProps {
  readonly page: ActivityPageState;
  readonly openId: string | undefined;
  readonly onOpen: (id: string) => void;
  readonly ref: Ref<HTMLDivElement>;
}

/** Filters, what waits above the list, the list itself, and what stands there when it is empty. */
export function ActivityList({ page, openId, onOpen, ref }: ActivityListProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { rows, waiting } = page;
  return (
    <div ref={ref} aria-busy={page.isLoading} className={styles['list']}>
      <ActivityFilters filter={page.filter} choices={page.choices} onChange={page.show} />
      {waiting > 0 && (
        <p role="status" className={styles['waiting']}>
          <Button size="row" onClick={page.showWaiting}>
            {t('activity.newRows', { count: waiting, shown: format.count(waiting) })}
          </Button>
        </p>
      )}
      <Asking
        isKnown={!page.isLoading}
        error={page.error}
        failedTitle={t('activity.listFailed')}
        onRetry={page.retry}
      />
      {rows.length > 0 && <ActivityTable requests={rows} openId={openId} onOpen={onOpen} />}
      {rows.length === 0 && !page.isLoading && (
        <ActivityEmpty
          isFiltered={isFiltered(page.filter)}
          onClear={() => {
            page.show(everything);
          }}
        />
      )}
    </div>
  );
}
