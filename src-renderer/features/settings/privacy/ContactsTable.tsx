import { useTranslation } from 'react-i18next';
import type { ContactedHost } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { Cell, HeadCell, Table } from '../../../ui/Table.tsx';
import styles from './ContactsTable.module.css';

export interface ContactsTableProps {
  readonly label: string;
  readonly hosts: readonly ContactedHost[];
  readonly now: number;
}

/** One line for each place: why it was contacted, and how much went there and came back. */
export function ContactsTable({ label, hosts, now }: ContactsTableProps) {
  const { t } = useTranslation();
  return (
    <Table label={label} className={styles['table']}>
      <thead>
        <tr>
          <HeadCell>{t('settings.contacts.host')}</HeadCell>
          <HeadCell data-wide>{t('settings.contacts.why')}</HeadCell>
          <HeadCell isFigure>{t('settings.contacts.requests')}</HeadCell>
          <HeadCell isFigure>{t('settings.contacts.sent')}</HeadCell>
          <HeadCell isFigure>{t('settings.contacts.received')}</HeadCell>
          <HeadCell isFigure data-wide>
            {t('settings.contacts.refused')}
          </HeadCell>
          <HeadCell data-wide>{t('settings.contacts.last')}</HeadCell>
        </tr>
      </thead>
      <tbody>
        {hosts.map((host) => (
          <HostRow key={host.host} host={host} now={now} />
        ))}
      </tbody>
    </Table>
  );
}

function HostRow({ host, now }: { readonly host: ContactedHost; readonly now: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  const why = host.purposes.map((purpose) => t(`settings.contacts.purpose.${purpose}`)).join(', ');
  return (
    <tr>
      <Cell className={styles['host']}>
        <code>{host.host}</code>
        <span data-narrow className={styles['second']}>
          {why}
          {host.refused > 0 && ` · ${t('settings.contacts.refusedCount', { count: host.refused })}`}
        </span>
      </Cell>
      <Cell data-wide>{why}</Cell>
      <Cell isFigure>{format.count(host.requests)}</Cell>
      <Cell isFigure>{format.bytes(host.sentBytes)}</Cell>
      <Cell isFigure>{format.bytes(host.receivedBytes)}</Cell>
      <Cell isFigure data-wide>
        {format.count(host.refused)}
      </Cell>
      <Cell data-wide className={styles['last']}>
        {format.moment(host.lastAt, now)}
      </Cell>
    </tr>
  );
}
