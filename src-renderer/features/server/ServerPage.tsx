import { FileText } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { LogDialog } from '../../frame/LogDialog.tsx';
import { useFormat } from '../../i18n/format.ts';
import { navigate } from '../../router.ts';
import { useConnection } from '../../state/connection.ts';
import { useGuarded, useMay } from '../../state/may.ts';
import { useServer } from '../../state/server.ts';
import { Button } from '../../ui/Button.tsx';
import { Page } from '../../ui/Page.tsx';
import { StateBadge } from '../../ui/StateBadge.tsx';
import { Tabs } from '../../ui/Tabs.tsx';
import { useNow } from '../../ui/use-now.ts';
import { AddressCard } from './overview/AddressCard.tsx';
import { serverTabs } from './server-tabs.ts';

export interface ServerPageProps {
  /** From the address; an unknown one shows the first view. */
  readonly tab: string | undefined;
}

/** Connecting other tools and governing them: address, people, keys, providers, prices, config. */
export function ServerPage({ tab }: ServerPageProps) {
  const { t } = useTranslation();
  const server = useServer((state) => state.server);
  const isOffline = useConnection((connection) => connection.phase === 'offline');
  const mayReadLog = useMay('manageServer');
  const [isLogOpen, setIsLogOpen] = useState(false);
  return (
    <Page
      title={t('frame.page.server')}
      aside={server && <ServerState isOffline={isOffline} startedAt={server.startedAt} />}
      actions={
        mayReadLog && (
          <Button
            variant="quiet"
            icon={FileText}
            disabledReason={isOffline ? t('server.offlineReason') : undefined}
            onClick={() => {
              setIsLogOpen(true);
            }}
          >
            {t('server.log')}
          </Button>
        )
      }
    >
      {server !== undefined &&
        (isOffline ? <AddressCard server={server} isOffline /> : <ServerViews tab={tab} />)}
      {isLogOpen && (
        <LogDialog
          onClose={() => {
            setIsLogOpen(false);
          }}
        />
      )}
    </Page>
  );
}

function ServerViews({ tab }: ServerPageProps) {
  const { t } = useTranslation();
  const shown = useGuarded(serverTabs);
  const current = shown.find(({ name }) => name === tab) ?? shown[0];
  if (current === undefined) return null;
  return (
    <Tabs
      label={t('server.views')}
      value={current.name}
      onChange={(next) => {
        navigate({ page: 'server', tab: next }, { replace: true });
      }}
      tabs={shown.map(({ name, Content }) => ({
        value: name,
        label: t(`server.tab.${name}`),
        content: <Content />,
      }))}
    />
  );
}

interface ServerStateProps {
  readonly isOffline: boolean;
  readonly startedAt: number;
}

function ServerState({ isOffline, startedAt }: ServerStateProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(30_000);
  if (isOffline) {
    return (
      <StateBadge tone="fail" isBoxed>
        {t('server.notAnswering')}
      </StateBadge>
    );
  }
  return (
    <>
      <StateBadge tone="ok" isBoxed>
        {t('server.answering')}
      </StateBadge>
      <span>
        {now - startedAt < 60_000
          ? t('server.justStarted')
          : t('server.up', { time: format.age(now - startedAt) })}
      </span>
    </>
  );
}
