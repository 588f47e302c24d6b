import { useTranslation } from 'react-i18next';
import type { ContactedHost } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { StateBadge } from '../../../ui/StateBadge.tsx';
import { useNow } from '../../../ui/use-now.ts';
import styles from './Contacts.module.css';
import { ContactsTable } from './ContactsTable.tsx';

export interface ContactsProps {
  readonly hosts: readonly ContactedHost[];
  /** Since when is counted, in epoch milliseconds. */
  readonly since: number;
}

/** *What left this machine*: every place that was contacted. This machine itself is folded away. */
export function Contacts({ hosts, since }: ContactsProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(30_000);
  const outside = hosts.filter(({ isLoopback }) => !isLoopback);
  const inside = hosts.filter(({ isLoopback }) => isLoopback);
  const hasLeft = outside.some(({ requests }) => requests > 0);
  return (
    <section aria-label={t('settings.contacts.title')} className={styles['contacts']}>
      <h3>{t('settings.contacts.title')}</h3>
      <p className={styles['effect']}>
        {t('settings.contacts.effect', { time: format.moment(since, now) })}
      </p>
      {!hasLeft && <StateBadge tone="ok">{t('settings.contacts.nothing')}</StateBadge>}
      {outside.length > 0 && (
        <ContactsTable label={t('settings.contacts.title')} hosts={outside} now={now} />
      )}
      {inside.length > 0 && (
        <details className={styles['inside']}>
          <summary>{t('settings.contacts.inside', { count: inside.length })}</summary>
          <ContactsTable label={t('settings.contacts.insideTable')} hosts={inside} now={now} />
        </details>
      )}
    </section>
  );
}
