import { useTranslation } from 'react-i18next';
import type { HubModelSummary } from '../../../api.ts';
import { rowKeys } from '../../../ui/row-keys.ts';
import { HeadCell, Table } from '../../../ui/Table.tsx';
import { HubRow } from './HubRow.tsx';
import styles from './HubTable.module.css';

export interface HubTableProps {
  readonly models: readonly HubModelSummary[];
}

/** Models on the hub. Arrows move, Enter opens. */
export function HubTable({ models }: HubTableProps) {
  const { t } = useTranslation();
  return (
    <Table label={t('discover.hub.title')} className={styles['table']}>
      <thead>
        <tr>
          <HeadCell>{t('discover.column.model')}</HeadCell>
          <HeadCell data-wide data-spare>
            {t('discover.column.task')}
          </HeadCell>
          <HeadCell data-wide data-spare>
            {t('discover.column.licence')}
          </HeadCell>
          <HeadCell isFigure data-wide>
            {t('discover.column.parameters')}
          </HeadCell>
          <HeadCell isFigure data-wide>
            {t('discover.column.downloads')}
          </HeadCell>
          <HeadCell isFigure data-wide>
            {t('discover.column.updated')}
          </HeadCell>
          <HeadCell>
            <span className="visually-hidden">{t('discover.column.state')}</span>
          </HeadCell>
        </tr>
      </thead>
      <tbody ref={rowKeys}>
        {models.map((model) => (
          <HubRow key={model.repo} model={model} />
        ))}
      </tbody>
    </Table>
  );
}
