import { Plus } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { followServers, refreshServers, useServers } from '../../../state/servers.ts';
import { Button } from '../../../ui/Button.tsx';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { PageSection } from '../../../ui/Page.tsx';
import { DetectedServers } from './DetectedServers.tsx';
import { OtherServer } from './OtherServer.tsx';
import styles from './OtherServers.module.css';
import { ServerDialog } from './ServerDialog.tsx';

/** Servers that somebody else started and whose models Millpond serves too. */
export function OtherServers() {
  const { t } = useTranslation();
  const { servers, error } = useServers();
  const [isAdding, setIsAdding] = useState(false);
  useEffect(followServers, []);
  return (
    <PageSection
      title={t('server.other.title')}
      actions={
        <Button
          icon={Plus}
          onClick={() => {
            setIsAdding(true);
          }}
        >
          {t('server.other.add')}
        </Button>
      }
    >
      {error !== undefined && servers === undefined && (
        <ErrorNote
          error={error}
          title={t('server.other.listFailed')}
          actions={<Button onClick={() => void refreshServers()}>{t('common.tryAgain')}</Button>}
        />
      )}
      {servers?.length === 0 && <p className={styles['none']}>{t('server.other.none')}</p>}
      {servers !== undefined && servers.length > 0 && (
        <ul className={styles['list']}>
          {servers.map((server) => (
            <OtherServer key={server.id} server={server} />
          ))}
        </ul>
      )}
      <DetectedServers known={servers?.length ?? 0} />
      {isAdding && (
        <ServerDialog
          onClose={() => {
            setIsAdding(false);
          }}
        />
      )}
    </PageSection>
  );
}
