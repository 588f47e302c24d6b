import { useTranslation } from 'react-i18next';
import { useSettings } from '../../../state/settings.ts';
import { Note } from '../../../ui/Note.tsx';
import styles from './StartChanges.module.css';

/** What is different once a pool is open, said before it is. */
export function StartChanges() {
  const { t } = useTranslation();
  const isKeyless = useSettings(({ settings }) => settings?.keyless === true);
  return (
    <>
      <ul className={styles['changes']}>
        <li>{t('pool.start.opens')}</li>
        <li>{t('pool.start.sharesNothing')}</li>
      </ul>
      {isKeyless && (
        <Note tone="quiet" title={t('pool.start.keylessTitle')}>
          {t('pool.start.keylessText')}
        </Note>
      )}
    </>
  );
}
