import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { InstalledModel } from '../../api.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { PageSection } from '../../ui/Page.tsx';
import { rowKeys } from '../../ui/row-keys.ts';
import { HeadCell, SortableHeadCell, Table } from '../../ui/Table.tsx';
import { ModelRow } from './ModelRow.tsx';
import { filterModels, sortModels } from './sort-models.ts';
import type { ModelSort } from './sort-models.ts';
import styles from './ModelsTable.module.css';

export interface ModelsTableProps {
  readonly models: readonly InstalledModel[];
  readonly filter: string;
  /** The model whose options are open. */
  readonly openId: string | undefined;
  readonly onOpen: (id: string) => void;
}

/** Every model on this disk. Arrows move, Enter opens the options, L loads or unloads. */
export function ModelsTable({ models, filter, openId, onOpen }: ModelsTableProps) {
  const { t } = useTranslation();
  const [sort, setSort] = useState<ModelSort>({ column: 'name', direction: 'ascending' });
  const shown = useMemo(
    () => sortModels(filterModels(models, filter), sort),
    [models, filter, sort],
  );
  return (
    <PageSection title={t('models.onDisk')}>
      {shown.length === 0 ? (
        <EmptyState title={models.length === 0 ? t('models.none') : t('models.noMatch')}>
          {models.length === 0 ? t('models.noneHint') : t('models.noMatchHint', { filter })}
        </EmptyState>
      ) : (
        <Table label={t('models.onDisk')} className={styles['table']}>
          <thead>
            <tr>
              <SortableHeadCell column="name" sort={sort} onSort={setSort}>
                {t('models.column.name')}
              </SortableHeadCell>
              <SortableHeadCell column="size" sort={sort} onSort={setSort} isFigure data-wide>
                {t('models.column.size')}
              </SortableHeadCell>
              <SortableHeadCell column="context" sort={sort} onSort={setSort} isFigure data-wide>
                {t('models.column.context')}
              </SortableHeadCell>
              <HeadCell data-wide data-spare>
                {t('models.column.source')}
              </HeadCell>
              <HeadCell data-wide>{t('models.column.state')}</HeadCell>
              <HeadCell>
                <span className="visually-hidden">{t('models.column.actions')}</span>
              </HeadCell>
            </tr>
          </thead>
          <tbody ref={rowKeys}>
            {shown.map((model) => (
              <ModelRow
                key={model.id}
                model={model}
                isOpen={model.id === openId}
                onOpen={() => {
                  onOpen(model.id);
                }}
              />
            ))}
          </tbody>
        </Table>
      )}
    </PageSection>
  );
}
