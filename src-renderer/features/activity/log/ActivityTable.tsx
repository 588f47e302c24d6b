import { useTranslation } from 'react-i18next';
import type { RequestRecord } from '../../../api.ts';
import { rowKeys } from '../../../ui/row-keys.ts';
import { HeadCell, Table } from '../../../ui/Table.tsx';
import { ActivityRow } from './ActivityRow.tsx';
import styles from './ActivityTable.module.css';

export interface ActivityTableProps {
  readonly requests: readonly RequestRecord[];
  readonly openId: string | undefined;
  readonly onOpen: (id: string) => void;
}

/** Newest first. Arrows move, Enter opens the details. */
export function ActivityTable({ requests, openId, onOpen }: ActivityTableProps) {
  const { t } = useTranslation();
  return (
    <Table label={t('activity.requests')} className={styles['table']}>
      <thead>
        <tr>
          <HeadCell>{t('activity.column.time')}</HeadCell>
          <HeadCell data-wide>{t('activity.column.state')}</HeadCell>
          <HeadCell data-wide>{t('activity.column.caller')}</HeadCell>
          <HeadCell data-wide>{t('activity.column.model')}</HeadCell>
          <HeadCell data-wide data-spare>
            {t('activity.column.machine')}
          </HeadCell>
          <HeadCell isFigure data-wide>
            {t('activity.column.firstToken')}
          </HeadCell>
          <HeadCell isFigure data-wide>
            {t('activity.column.rate')}
          </HeadCell>
          <HeadCell isFigure data-wide data-spare>
            {t('activity.column.cost')}
          </HeadCell>
          <HeadCell isFigure>{t('activity.column.duration')}</HeadCell>
        </tr>
      </thead>
      <tbody ref={rowKeys}>
        {requests.map((request) => (
          <ActivityRow
            key={request.id}
            request={request}
            isOpen={request.id === openId}
            onOpen={onOpen}
          />
        ))}
      </tbody>
    </Table>
  );
}
