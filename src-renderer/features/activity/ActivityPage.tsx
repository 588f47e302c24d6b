import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { navigate } from '../../router.ts';
import { isRunning, useActivity } from '../../state/activity.ts';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { Page } from '../../ui/Page.tsx';
import { SearchField } from '../../ui/SearchField.tsx';
import { ActivityFooter } from './ActivityFooter.tsx';
import { ActivityList } from './ActivityList.tsx';
import { RequestPanel } from './RequestPanel.tsx';
import { useActivityPage } from './use-activity-page.ts';
import { useOpenedRequest } from './use-opened-request.ts';

export interface ActivityPageProps {
  /** The request that the address names; its details are open then. */
  readonly requestId: string | undefined;
}

/** What happens and what happened: every request of every client. Never prompts or answers. */
export function ActivityPage({ requestId }: ActivityPageProps) {
  const { t } = useTranslation();
  const top = useRef<HTMLDivElement>(null);
  const page = useActivityPage(top);
  const openId = requestId;
  const setOpenId = (id: string | undefined) => {
    navigate({ page: 'activity', ...(id !== undefined && { requestId: id }) }, { replace: true });
  };
  const running = useActivity((state) => state.requests?.filter(isRunning).length ?? 0);
  const { request: open, error } = useOpenedRequest(openId, page.isLoading ? undefined : page.rows);
  return (
    <Page
      title={t('frame.page.activity')}
      aside={<span>{t('frame.running', { count: running })}</span>}
      actions={
        <SearchField
          label={t('activity.find')}
          value={page.filter.search}
          onChange={(search) => {
            page.show({ ...page.filter, search });
          }}
        />
      }
      onTop={page.watchTop}
      footer={
        page.rows.length > 0 && (
          <ActivityFooter
            shown={page.rows.length}
            total={page.total}
            onNewer={page.newer}
            onOlder={page.older}
          />
        )
      }
      panel={
        open && (
          <RequestPanel
            key={open.id}
            request={open}
            onClose={() => {
              setOpenId(undefined);
            }}
          />
        )
      }
    >
      {error && <ErrorNote error={error} title={t('activity.openFailed')} />}
      <ActivityList ref={top} page={page} openId={openId} onOpen={setOpenId} />
    </Page>
  );
}
