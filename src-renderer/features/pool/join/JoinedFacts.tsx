import { useTranslation } from 'react-i18next';
import type { Membership } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { Facts } from '../../../ui/Facts.tsx';
import { PageSection } from '../../../ui/Page.tsx';
import { useNow } from '../../../ui/use-now.ts';
import styles from './JoinedFacts.module.css';

export interface JoinedFactsProps {
  readonly membership: Membership;
}

/** Who can read what is asked there, and what this membership is. */
export function JoinedFacts({ membership }: JoinedFactsProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(60_000);
  const { readers } = membership;
  const mayAsk = membership.mayAsk && membership.link.phase !== 'closed';
  return (
    <div className={styles['columns']}>
      {mayAsk && (
        <PageSection title={t('join.readers.title')}>
          {readers.length === 0 ? (
            <p className={styles['none']}>{t('join.readers.none')}</p>
          ) : (
            <ul className={styles['readers']}>
              {readers.map(({ machine, person }) => (
                <li key={`${machine} ${person}`}>
                  <b>{machine}</b> {person}
                </li>
              ))}
            </ul>
          )}
          <p className={styles['none']}>{t('join.readers.text')}</p>
        </PageSection>
      )}
      <PageSection title={t('join.membership.title')}>
        <Facts
          facts={[
            { name: t('join.membership.gateway'), value: membership.gatewayName },
            { name: t('join.membership.as'), value: membership.personName },
            { name: t('join.membership.role'), value: t(`pool.role.${membership.role}`) },
            { name: t('join.membership.trust'), value: t(`pool.trust.${membership.trust}`) },
            {
              name: t('join.membership.since'),
              value: format.moment(membership.joinedAt, now),
            },
            {
              name: t('join.membership.addresses'),
              value: <code>{membership.addresses.join(' · ')}</code>,
            },
          ]}
        />
      </PageSection>
    </div>
  );
}
