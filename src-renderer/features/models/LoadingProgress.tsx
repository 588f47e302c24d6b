import { useTranslation } from 'react-i18next';
import type { InstalledModel } from '../../api.ts';
import { useFormat } from '../../i18n/format.ts';
import { Progress } from '../../ui/Progress.tsx';
import { useNow } from '../../ui/use-now.ts';
import styles from './LoadingProgress.module.css';

export interface LoadingProgressProps {
  readonly state: Extract<InstalledModel['state'], { phase: 'loading' }>;
  readonly name: string;
}

/** How far a load has come, and how long it has taken so far. No guess at the end. */
export function LoadingProgress({ state, name }: LoadingProgressProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(1000);
  const quarter = Math.floor(state.share * 4) * 25;
  return (
    <div className={styles['loading']}>
      <p className={styles['line']}>
        <span>
          {t('models.loadingFor', { time: format.duration(Math.max(0, now - state.startedAt)) })}
        </span>
        <b className={styles['percent']}>{format.percent(state.share)}</b>
      </p>
      <Progress label={t('models.loadingName', { name })} share={state.share} />
      <p role="status" className="visually-hidden">
        {t('models.loadingQuarter', { name, percent: quarter })}
      </p>
    </div>
  );
}
