import { useTranslation } from 'react-i18next';
import { useFormat } from '../i18n/format.ts';
import { reconnect, useConnection } from '../state/connection.ts';
import { Button } from '../ui/Button.tsx';
import { Note } from '../ui/Note.tsx';
import styles from './OfflineNote.module.css';

/** Says that the runtime is gone, how old everything on screen is, and that it dials by itself. */
export function OfflineNote() {
  const { t } = useTranslation();
  const format = useFormat();
  const connection = useConnection();
  if (connection.phase !== 'offline') return null;
  return (
    <div className={styles['place']}>
      <Note
        tone="slow"
        title={t('frame.offline.title')}
        actions={
          <Button
            size="row"
            onClick={() => {
              reconnect.now();
            }}
          >
            {t('common.tryAgain')}
          </Button>
        }
      >
        {t('frame.offline.text', { time: format.timeWithSeconds(connection.since) })}
      </Note>
    </div>
  );
}
