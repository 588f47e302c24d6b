import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../i18n/format.ts';
import { Button } from '../../../ui/Button.tsx';
import styles from './ActivityFooter.module.css';

export interface ActivityFooterProps {
  readonly shown: number;
  readonly total: number;
  /** Undefined at the newest page. */
  readonly onNewer: (() => void) | undefined;
  /** Undefined at the end of the log. */
  readonly onOlder: (() => void) | undefined;
}

export function ActivityFooter({ shown, total, onNewer, onOlder }: ActivityFooterProps) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <div className={styles['footer']}>
      <span>{t('activity.shown', { shown: format.count(shown), total: format.count(total) })}</span>
      <span className={styles['pages']}>
        {onNewer && (
          <Button variant="quiet" size="row" onClick={onNewer}>
            {t('activity.newer')}
          </Button>
        )}
        {onOlder && (
          <Button variant="quiet" size="row" onClick={onOlder}>
            {t('activity.older')}
          </Button>
        )}
      </span>
    </div>
  );
}
