import { Eye, Lock } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Icon } from '../../../ui/Icon.tsx';
import { PageSection } from '../../../ui/Page.tsx';
import styles from './WhatOthersSee.module.css';

const lines = [
  { what: 'answers', isSeen: true },
  { what: 'hardware', isSeen: true },
  { what: 'files', isSeen: false },
  { what: 'disk', isSeen: false },
] as const;

/** The plain truth about a machine in a pool, before anybody joins one. */
export function WhatOthersSee() {
  const { t } = useTranslation();
  return (
    <PageSection title={t('pool.see.title')}>
      <table aria-label={t('pool.see.title')} className={styles['table']}>
        <thead className="visually-hidden">
          <tr>
            <th scope="col">{t('pool.see.what')}</th>
            <th scope="col">{t('pool.see.who')}</th>
            <th scope="col">{t('pool.see.how')}</th>
          </tr>
        </thead>
        <tbody>
          {lines.map(({ what, isSeen }) => (
            <tr key={what}>
              <th scope="row">{t(`pool.see.${what}`)}</th>
              <td className={styles['verdict']} data-seen={isSeen}>
                <Icon of={isSeen ? Eye : Lock} />
                {t(isSeen ? 'pool.see.yes' : 'pool.see.no')}
              </td>
              <td className={styles['how']}>{t(`pool.see.${what}How`)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </PageSection>
  );
}
