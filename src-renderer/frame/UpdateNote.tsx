import { useTranslation } from 'react-i18next';
import { api } from '../api.ts';
import { navigate, useRoute } from '../router.ts';
import { setUpdates, useUpdates } from '../state/updates.ts';
import { Button } from '../ui/Button.tsx';
import styles from './UpdateNote.module.css';

/** Says once on every page that a newer version is there, until *Later* is said to it. */
export function UpdateNote() {
  const { t } = useTranslation();
  const updates = useUpdates((state) => state.updates);
  const route = useRoute();
  const available = updates?.available;
  const isThere = route.page === 'settings' && route.section === 'updates';
  if (available === undefined || available.isPutOff || updates?.job !== undefined || isThere) {
    return null;
  }
  const { version } = available;
  return (
    <div role="status" className={styles['note']}>
      <p className={styles['text']}>{t('updates.isThere', { version })}</p>
      <div className={styles['actions']}>
        <Button
          size="row"
          onClick={() => {
            navigate({ page: 'settings', section: 'updates' });
          }}
        >
          {t('updates.whatsNew')}
        </Button>
        <Button
          size="row"
          variant="quiet"
          onClick={() => {
            // One that cannot be put off now is brought up again, and that is all.
            api.updates.putOff({ version }).then(setUpdates, () => undefined);
          }}
        >
          {t('updates.later')}
        </Button>
      </div>
    </div>
  );
}
