import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { navigate } from '../../router.ts';
import type { ActivityTab } from '../../router.ts';
import { isRunning, useActivity } from '../../state/activity.ts';
import { useConnection } from '../../state/connection.ts';
import { useGuarded } from '../../state/may.ts';
import { Page } from '../../ui/Page.tsx';
import { SearchField } from '../../ui/SearchField.tsx';
import { Tabs } from '../../ui/Tabs.tsx';
import { activityViews } from './activity-tabs.ts';
import { AuditTab } from './audit/AuditTab.tsx';
import { ActivityFooter } from './log/ActivityFooter.tsx';
import { LogTab } from './log/LogTab.tsx';
import { RequestPanel } from './log/RequestPanel.tsx';
import { useActivityPage } from './log/use-activity-page.ts';
import type { ActivityPageState } from './log/use-activity-page.ts';
import { useOpenedRequest } from './log/use-opened-request.ts';
import { UsageTab } from './usage/UsageTab.tsx';

export interface ActivityPageProps {
  /** Absent: the log, for who may read it. */
  readonly tab: ActivityTab | undefined;
  /** The request that the address names; its details are open then. */
  readonly requestId: string | undefined;
}

/** What happens and what happened, what it took, and who changed what. Never prompts or answers. */
export function ActivityPage({ tab, requestId }: ActivityPageProps) {
  const { t } = useTranslation();
  const views = useGuarded(activityViews);
  const current = (views.find(({ name }) => name === (tab ?? 'log')) ?? views[0])?.name;
  const isLog = current === 'log';
  const top = useRef<HTMLDivElement>(null);
  const page = useActivityPage(top, isLog);
  const openId = isLog ? requestId : undefined;
  const opened = useOpenedRequest(openId, page.isLoading ? undefined : page.rows);
  const running = useActivity((state) => state.requests?.filter(isRunning).length);
  const isOffline = useConnection(({ phase }) => phase === 'offline');
  const log = <LogTab ref={top} page={page} openId={openId} error={opened.error} onOpen={open} />;
  return (
    <Page
      title={t('frame.page.activity')}
      // With the gateway away nobody knows what runs.
      aside={
        isLog &&
        !isOffline &&
        running !== undefined && <span>{t('frame.running', { count: running })}</span>
      }
      actions={isLog ? <LogSearch page={page} /> : undefined}
      onTop={page.watchTop}
      footer={isLog && page.rows.length > 0 ? <LogFooter page={page} /> : undefined}
      panel={
        opened.request && (
          <RequestPanel
            key={opened.request.id}
            request={opened.request}
            onClose={() => {
              open(undefined);
            }}
          />
        )
      }
    >
      {current !== undefined && (
        <Tabs
          label={t('activity.views')}
          value={current}
          onChange={(next) => {
            navigate({ page: 'activity', ...(next !== 'log' && { tab: next }) }, { replace: true });
          }}
          tabs={views.map(({ name }) => ({
            value: name,
            label: t(`activity.tab.${name}`),
            content: { log, usage: <UsageTab />, audit: <AuditTab /> }[name],
          }))}
        />
      )}
    </Page>
  );
}

function open(id: string | undefined): void {
  navigate({ page: 'activity', ...(id !== undefined && { requestId: id }) }, { replace: true });
}

interface LogPartProps {
  readonly page: ActivityPageState;
}

function LogSearch({ page }: LogPartProps) {
  const { t } = useTranslation();
  return (
    <SearchField
      label={t('activity.find')}
      value={page.filter.search}
      onChange={(search) => {
        page.show({ ...page.filter, search });
      }}
    />
  );
}

function LogFooter({ page }: LogPartProps) {
  return (
    <ActivityFooter
      shown={page.rows.length}
      total={page.total}
      onNewer={page.newer}
      onOlder={page.older}
    />
  );
}
