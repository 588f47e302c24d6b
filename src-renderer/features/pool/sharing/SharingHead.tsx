import { useTranslation } from 'react-i18next';
import type { SharingStatus } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { StateBadge } from '../../../ui/StateBadge.tsx';
import { useNow } from '../../../ui/use-now.ts';
import { SharingDeeds } from './SharingDeeds.tsx';
import { sharingHead } from './sharing-words.ts';
import { sharingTones } from './sharing-tones.ts';
import styles from './SharingHead.module.css';

export interface SharingHeadProps {
  readonly sharing: SharingStatus;
}

/** Share, finish or pause; and why things are as they are, as the page's largest sentence. */
export function SharingHead({ sharing }: SharingHeadProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(10_000);
  const { state, wish } = sharing;
  const { title, detail } = sharingHead(sharing, format, now);

  return (
    <section aria-label={t('sharing.region')} className={styles['card']}>
      <div className={styles['text']}>
        <p className={styles['state']}>
          <StateBadge tone={sharingTones[state.phase]} isBoxed>
            {t(`sharing.phase.${state.phase}`)}
          </StateBadge>
          <span>
            {t(`sharing.since.${state.cause ?? 'plain'}`, {
              time: format.moment(state.since, now),
            })}
          </span>
        </p>
        <div role="status">
          <h2 className={styles['reason']}>{t(title.key, title.values)}</h2>
          <p className={styles['detail']}>{t(detail.key, detail.values)}</p>
        </div>
      </div>
      <SharingDeeds wish={wish} />
    </section>
  );
}
