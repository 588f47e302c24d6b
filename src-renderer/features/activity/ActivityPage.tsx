import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/format.ts';
import { activityPageSize, isRunning, useActivity } from '../../state/activity.ts';
import { Button } from '../../ui/Button.tsx';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { Page } from '../../ui/Page.tsx';
import { SearchField } from '../../ui/SearchField.tsx';
import { ActivityEmpty } from './ActivityEmpty.tsx';
import { ActivityFilters } from './ActivityFilters.tsx';
import { ActivityFooter } from './ActivityFooter.tsx';
import { ActivityTable } from './ActivityTable.tsx';
import type { ActivityFilter } from './activity-filter.ts';
import { RequestPanel } from './RequestPanel.tsx';
import { useActivityList } from './use-activity-list.ts';
import { shownRows } from './waiting-rows.ts';
import styles from './ActivityPage.module.css';

const everything: ActivityFilter = { state: undefined, search: '' };

/** What happens and what happened: every request of every client. Never prompts or answers. */
export function ActivityPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const top = useRef<HTMLDivElement>(null);
  const [filter, setFilter] = useState(everything);
  const [befores, setBefores] = useState<readonly number[]>([]);
  const [held, setHeld] = useState<ReadonlySet<string>>();
  const [openId, setOpenId] = useState<string>();
  const { requests, total, error, retry } = useActivityList(filter, befores.at(-1));
  const running = useActivity((state) => state.requests?.filter(isRunning).length ?? 0);
  const { rows, waiting } = shownRows(requests ?? [], held);
  const open = requests?.find((request) => request.id === openId);
  const last = rows.at(-1);
  // On later pages the total still counts from the newest; a short page is the end.
  const hasOlder = befores.length === 0 ? total > rows.length : rows.length === activityPageSize;
  const isFiltered = filter.state !== undefined || filter.search !== '';

  function show(next: ActivityFilter): void {
    setFilter(next);
    setBefores([]);
    setHeld(undefined);
  }

  function turnPage(next: readonly number[]): void {
    setBefores(next);
    setHeld(undefined);
    top.current?.scrollIntoView();
  }

  return (
    <Page
      title={t('frame.page.activity')}
      aside={<span>{t('frame.running', { count: running })}</span>}
      actions={
        <SearchField
          label={t('activity.find')}
          value={filter.search}
          onChange={(search) => {
            show({ ...filter, search });
          }}
        />
      }
      onTop={(isAtTop) => {
        setHeld(isAtTop ? undefined : new Set(requests?.map((request) => request.id)));
      }}
      footer={
        requests !== undefined &&
        rows.length > 0 && (
          <ActivityFooter
            shown={rows.length}
            total={total}
            hasNewer={befores.length > 0}
            onNewer={() => {
              turnPage(befores.slice(0, -1));
            }}
            onOlder={
              hasOlder && last !== undefined
                ? () => {
                    turnPage([...befores, last.startedAt]);
                  }
                : undefined
            }
          />
        )
      }
      panel={
        open && (
          <RequestPanel
            request={open}
            onClose={() => {
              setOpenId(undefined);
            }}
          />
        )
      }
    >
      <div ref={top} className={styles['list']}>
        <ActivityFilters filter={filter} onChange={show} />
        {waiting > 0 && (
          <p role="status" className={styles['waiting']}>
            <Button
              size="row"
              onClick={() => {
                setHeld(undefined);
                top.current?.scrollIntoView();
              }}
            >
              {t('activity.newRows', { count: waiting, shown: format.count(waiting) })}
            </Button>
          </p>
        )}
        {error && (
          <ErrorNote
            error={error}
            title={t('activity.listFailed')}
            actions={<Button onClick={retry}>{t('common.tryAgain')}</Button>}
          />
        )}
        {rows.length > 0 && <ActivityTable requests={rows} openId={openId} onOpen={setOpenId} />}
        {requests?.length === 0 && (
          <ActivityEmpty
            isFiltered={isFiltered}
            onClear={() => {
              show(everything);
            }}
          />
        )}
      </div>
    </Page>
  );
}
