import { useTranslation } from 'react-i18next';
import type { SharingStatus } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { PageSection } from '../../../ui/Page.tsx';
import { DayBars } from './DayBars.tsx';
import styles from './GivenSection.module.css';

export interface GivenSectionProps {
  readonly given: SharingStatus['given'];
}

/** What this machine gave to others and took from them: today, always, and day by day. */
export function GivenSection({ given }: GivenSectionProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { todayTokens, todayAnswers, allTokens, allAnswers, usedTodayTokens, usedAllTokens } =
    given;
  return (
    <PageSection title={t('sharing.given.title')}>
      <dl className={styles['figures']}>
        <div className={styles['figure']}>
          <dt>{t('sharing.given.today', { count: todayAnswers })}</dt>
          <dd>{format.compact(todayTokens)}</dd>
        </div>
        <div className={styles['figure']}>
          <dt>{t('sharing.given.usedToday')}</dt>
          <dd>{format.compact(usedTodayTokens)}</dd>
        </div>
      </dl>
      <p className={styles['always']}>
        {t('sharing.given.always', {
          ...{ count: allAnswers, answers: format.count(allAnswers) },
          ...{ given: format.compact(allTokens), used: format.compact(usedAllTokens) },
        })}
      </p>
      {given.days.length > 1 && <DayBars days={given.days} />}
    </PageSection>
  );
}
