import { FileText } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { LogDialog } from '../../frame/LogDialog.tsx';
import { useFormat } from '../../i18n/format.ts';
import { useConnection } from '../../state/connection.ts';
import { useServer } from '../../state/server.ts';
import { Button } from '../../ui/Button.tsx';
import { Page } from '../../ui/Page.tsx';
import { StateBadge } from '../../ui/StateBadge.tsx';
import { useNow } from '../../ui/use-now.ts';
import { AddressCard } from './AddressCard.tsx';
import { KeysSection } from './KeysSection.tsx';
import { OtherServers } from './other/OtherServers.tsx';
import { SnippetsSection } from './SnippetsSection.tsx';
import styles from './ServerPage.module.css';

/** Connecting other tools: the address, what to paste, and who may ask. */
export function ServerPage() {
  const { t } = useTranslation();
  const server = useServer((state) => state.server);
  const isOffline = useConnection((connection) => connection.phase === 'offline');
  const [isLogOpen, setIsLogOpen] = useState(false);
  return (
    <Page
      title={t('frame.page.server')}
      aside={server && <ServerState isOffline={isOffline} startedAt={server.startedAt} />}
      actions={
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
      }
    >
      {server !== undefined && (
        <>
          <AddressCard server={server} isOffline={isOffline} />
          {!isOffline && (
            <>
              <div className={styles['sections']}>
                <SnippetsSection server={server} />
                <KeysSection keys={server.keys} />
              </div>
              <OtherServers />
            </>
          )}
        </>
      )}
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
