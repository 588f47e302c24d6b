import { useTranslation } from 'react-i18next';
import type { LimitUse } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { Meter } from '../../../ui/Meter.tsx';
import { useNow } from '../../../ui/use-now.ts';
import { limitNames } from './limit-draft.ts';
import { limitWords, warnShare } from './limit-words.ts';
import styles from './LimitLevels.module.css';

export interface LimitLevelsProps {
  /** Whose limits. */
  readonly name: string;
  readonly uses: readonly LimitUse[];
}

/** How far each limit is used; the mark is where its owner is told. */
export function LimitLevels({ name, uses }: LimitLevelsProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(30_000);
  if (uses.length === 0) return <span className={styles['none']}>{t('limits.none')}</span>;
  const inOrder = uses.toSorted(
    (a, b) => limitNames.indexOf(a.limit) - limitNames.indexOf(b.limit),
  );
  return (
    <ul className={styles['levels']}>
      {inOrder.map((use) => {
        const words = limitWords(use, t, format);
        const isLong = use.resetsAt !== undefined && use.resetsAt - now > 120_000;
        const again =
          isLong && use.used >= use.allowed
            ? ` · ${t('limits.again', { time: format.until(use.resetsAt ?? now, now) })}`
            : '';
        return (
          <li key={use.limit}>
            <Meter
              label={t('limits.levelOf', { name, limit: t(`limits.name.${use.limit}`) })}
              valueText={words}
              value={use.used}
              max={use.allowed}
              sill={use.allowed * warnShare}
              height="thin"
            />
            <span>
              {words}
              {again}
            </span>
          </li>
        );
      })}
    </ul>
  );
}
