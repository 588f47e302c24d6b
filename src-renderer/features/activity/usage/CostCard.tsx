import type { CSSProperties } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../i18n/format.ts';
import { groupName } from './group-words.ts';
import styles from './Usage.module.css';
import type { Bounds } from './usage-range.ts';
import { useUsage } from './use-usage.ts';

export interface CostCardProps {
  readonly bounds: Bounds;
}

/** Who is paid how much; one's own machines cost nothing unless a price is set for them. */
export function CostCard({ bounds }: CostCardProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { answer } = useUsage({ bounds, step: 'day', by: 'provider' });
  if (answer === undefined) return null;
  const rows = answer.report.rows.toSorted((a, b) => b.sum.costMicros - a.sum.costMicros);
  const most = Math.max(1, ...rows.map(({ sum }) => sum.costMicros));
  return (
    <section aria-label={t('usage.costBy')} className={styles['card']}>
      <h2>{t('usage.costBy')}</h2>
      <ul className={styles['costs']}>
        {rows.map(({ group, label, sum }) => {
          const isUnknown = sum.costMicros === 0 && sum.unpriced > 0;
          return (
            <li key={group}>
              <span>{groupName({ group, label }, 'provider', t)}</span>
              <b>{isUnknown ? t('common.unknown') : format.money(sum.costMicros)}</b>
              {sum.costMicros > 0 && (
                <span
                  aria-hidden
                  className={styles['costBar']}
                  style={
                    { '--share': `${String((sum.costMicros / most) * 100)}%` } as CSSProperties
                  }
                />
              )}
              {sum.unpriced > 0 && (
                <span className={styles['hint']}>
                  {t('usage.without', {
                    count: sum.unpriced,
                    requests: format.count(sum.unpriced),
                  })}
                </span>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
