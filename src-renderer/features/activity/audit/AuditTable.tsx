import { useTranslation } from 'react-i18next';
import type { AuditEntry } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { StateBadge } from '../../../ui/StateBadge.tsx';
import { Cell, HeadCell, Table } from '../../../ui/Table.tsx';
import table from '../../pool/PoolTable.module.css';

export interface AuditTableProps {
  readonly entries: readonly AuditEntry[];
}

export function AuditTable({ entries }: AuditTableProps) {
  const { t } = useTranslation();
  return (
    <Table label={t('activity.tab.audit')}>
      <thead>
        <tr>
          <HeadCell>{t('audit.column.time')}</HeadCell>
          <HeadCell className={table['wide']}>{t('audit.column.person')}</HeadCell>
          <HeadCell>{t('audit.column.action')}</HeadCell>
          <HeadCell className={table['wide']}>{t('audit.column.subject')}</HeadCell>
          <HeadCell>{t('audit.column.outcome')}</HeadCell>
          <HeadCell className={table['spare']}>{t('audit.column.address')}</HeadCell>
        </tr>
      </thead>
      <tbody>
        {entries.map((entry) => (
          <AuditRow key={entry.id} entry={entry} />
        ))}
      </tbody>
    </Table>
  );
}

function AuditRow({ entry }: { readonly entry: AuditEntry }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { at, personName, action, subject, outcome, address } = entry;
  const who = personName === '' ? t('audit.nobody') : personName;
  const isDone = outcome === 'done';
  return (
    <tr>
      <Cell>
        {format.day(at)} {format.timeWithSeconds(at)}
        <span className={table['narrow']}>{who}</span>
      </Cell>
      <Cell className={table['wide']}>{who}</Cell>
      <Cell>
        {t(`audit.action.${action}`, { defaultValue: action })}
        <span className={table['narrow']}>{subject}</span>
      </Cell>
      <Cell className={table['wide']}>{subject === '' ? '–' : subject}</Cell>
      <Cell className={table['wraps']}>
        <StateBadge tone={isDone ? 'ok' : 'fail'}>
          {isDone ? t('audit.done') : t(`errors.${outcome}`, { defaultValue: outcome })}
        </StateBadge>
      </Cell>
      <Cell className={table['spare']}>
        <code>{address}</code>
      </Cell>
    </tr>
  );
}
