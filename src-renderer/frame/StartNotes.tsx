import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../api.ts';
import { navigate } from '../router.ts';
import { useMachine } from '../state/machine.ts';
import { Button } from '../ui/Button.tsx';
import { ErrorNote } from '../ui/ErrorNote.tsx';
import { Note } from '../ui/Note.tsx';
import { useDeed } from '../ui/use-deed.ts';
import styles from './OfflineNote.module.css';

/** What is special about this start: safe mode, and a damaged database that was set aside. */
export function StartNotes() {
  return (
    <>
      <SafeModeNote />
      <RecoveredNote />
    </>
  );
}

function SafeModeNote() {
  const { t } = useTranslation();
  const mode = useMachine(({ system }) => system?.mode);
  const starting = useDeed();
  if (mode !== 'safe') return null;
  return (
    <div className={styles['place']}>
      <Note
        tone="slow"
        title={t('first-aid.safeModeIsOn')}
        actions={
          <>
            <Button
              size="row"
              busyLabel={starting.isBusy ? t('first-aid.starting') : undefined}
              onClick={() =>
                void starting.run(async () => {
                  await api.system.restart({ mode: 'normal' });
                })
              }
            >
              {t('first-aid.startNormally')}
            </Button>
            <Button
              size="row"
              variant="quiet"
              onClick={() => {
                navigate({ page: 'settings', section: 'help' });
              }}
            >
              {t('settings.section.help')}
            </Button>
          </>
        }
      >
        {t('first-aid.safeModeText')}
        {starting.error && <ErrorNote error={starting.error} />}
      </Note>
    </div>
  );
}

function RecoveredNote() {
  const { t } = useTranslation();
  const recovered = useMachine(({ system }) => system?.recovered);
  const [isRead, setIsRead] = useState(false);
  if (recovered === undefined || isRead) return null;
  const { folder, kept } = recovered;
  return (
    <div className={styles['place']}>
      <Note
        tone="slow"
        title={t('first-aid.recovered')}
        actions={
          <Button
            size="row"
            onClick={() => {
              setIsRead(true);
            }}
          >
            {t('first-aid.understood')}
          </Button>
        }
      >
        {t('finding.database-mended', { folder, kept })}
      </Note>
    </div>
  );
}
