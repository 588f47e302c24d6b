import { useTranslation } from 'react-i18next';
import type { UsageReport } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { useMay } from '../../../state/may.ts';
import { Link } from '../../../ui/Link.tsx';
import { Note } from '../../../ui/Note.tsx';
import styles from './Usage.module.css';

export interface UsageTotalsProps {
  readonly report: UsageReport;
}

/** The range in a few figures; what has no price is said, never counted as nothing. */
export function UsageTotals({ report: { totals, pending } }: UsageTotalsProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const mayPrice = useMay('manageModels');
  const { requests, failed, promptTokens, cachedTokens, completionTokens } = totals;
  const { costMicros, creditMicros, unpriced } = totals;
  const figures = [
    [format.compact(promptTokens + completionTokens), t('usage.figure.tokens')],
    [format.count(requests), t('usage.figure.requests', { count: requests })],
    [format.money(costMicros), t('usage.figure.cost')],
    [format.percent(failed / requests), t('usage.figure.failed')],
    ...(promptTokens > 0
      ? [[format.percent(cachedTokens / promptTokens), t('usage.figure.cached')]]
      : []),
    ...(creditMicros > 0 ? [[format.money(creditMicros), t('usage.figure.credit')]] : []),
  ];
  return (
    <>
      <ul className={styles['figures']} aria-label={t('usage.figures')}>
        {figures.map(([figure, words]) => (
          <li key={words}>
            <b>{figure}</b> {words}
          </li>
        ))}
      </ul>
      {unpriced > 0 && (
        <Note
          tone="slow"
          title={t('usage.unpriced', { count: unpriced, requests: format.count(unpriced) })}
        >
          {mayPrice && <Link to={{ page: 'server', tab: 'models' }}>{t('usage.enterPrices')}</Link>}
        </Note>
      )}
      {pending > 0 && (
        <p role="status" className={styles['hint']}>
          {t('usage.pending', { count: pending, requests: format.count(pending) })}
        </p>
      )}
    </>
  );
}
