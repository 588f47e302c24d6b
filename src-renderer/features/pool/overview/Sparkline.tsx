import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../i18n/format.ts';
import styles from './Sparkline.module.css';
import { sparkPoints } from './spark-points.ts';

export interface SparklineProps {
  /** Tokens per second, one figure per 15 s, oldest first. */
  readonly history: readonly number[];
}

const secondsEach = 15;

/** How much flowed lately, from nothing to its own highest. Empty until there are two figures. */
export function Sparkline({ history }: SparklineProps) {
  const { t } = useTranslation();
  const format = useFormat();
  if (history.length < 2) return null;
  const minutes = Math.max(1, Math.round((history.length * secondsEach) / 60));
  const points = sparkPoints(history);
  return (
    <figure className={styles['spark']}>
      <figcaption>{t('overview.lately', { count: minutes })}</figcaption>
      <svg
        role="img"
        aria-label={t('overview.latelySpoken', {
          count: minutes,
          now: format.rate(history.at(-1)),
          most: format.rate(Math.max(...history)),
        })}
        viewBox="0 0 100 100"
        preserveAspectRatio="none"
      >
        <polygon points={`0,100 ${points} 100,100`} />
        <polyline points={points} />
      </svg>
    </figure>
  );
}
