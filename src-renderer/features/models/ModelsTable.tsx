import { useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { InstalledModel } from '../../api.ts';
import { useFormat } from '../../i18n/format.ts';
import { Button } from '../../ui/Button.tsx';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { PageSection } from '../../ui/Page.tsx';
import { rowKeys } from '../../ui/row-keys.ts';
import { HeadCell, SortableHeadCell, Table } from '../../ui/Table.tsx';
import { useNow } from '../../ui/use-now.ts';
import { DeleteSharedDialog } from './delete/DeleteSharedDialog.tsx';
import { useDeletion } from './delete/use-deletion.ts';
import { ModelRow } from './ModelRow.tsx';
import { NoModels } from './NoModels.tsx';
import { filterModels, sortModels } from './sort-models.ts';
import type { ModelSort } from './sort-models.ts';
import styles from './ModelsTable.module.css';
import { useFitsOf } from './use-fits.ts';

export interface ModelsTableProps {
  readonly models: readonly InstalledModel[];
  readonly filter: string;
  /** The model whose options are open. */
  readonly openId: string | undefined;
  readonly onOpen: (id: string, part?: 'file') => void;
}

/** More are shown on request: each row asks the runtime what its model would take. */
const rowsAtOnce = 200;

/** Every model. Arrows move, Enter opens the options, L loads or unloads, Delete deletes. */
export function ModelsTable({ models, filter, openId, onOpen }: ModelsTableProps) {
  const { t } = useTranslation();
  const { matching, shown, sort, setSort, showMore } = useRows(models, filter);
  const now = useNow(60_000);
  const deletion = useDeletion(({ id }) => {
    focusNeighbour(shown, id);
  });
  const deeds = useRowHandlers(onOpen, deletion.start);
  const hasServers = models.some(({ source }) => source === 'attached');
  const title = t(hasServers ? 'models.onDiskAndServers' : 'models.onDisk');
  return (
    <PageSection title={title}>
      <FitsOf models={shown} />
      {deletion.failure && <ErrorNote {...deletion.failure} />}
      {shown.length === 0 ? (
        <NoModels filter={models.length === 0 ? undefined : filter} />
      ) : (
        <Table label={title} className={styles['table']}>
          <Head sort={sort} onSort={setSort} />
          <tbody ref={rowKeys}>
            {shown.map((model) => (
              <ModelRow
                key={model.id}
                model={model}
                now={now}
                isOpen={model.id === openId}
                {...deeds}
              />
            ))}
          </tbody>
        </Table>
      )}
      {matching > shown.length && (
        <ShowMore shown={shown.length} total={matching} onMore={showMore} />
      )}
      {deletion.shared && (
        <DeleteSharedDialog
          {...deletion.shared}
          onKeep={deletion.keep}
          onDelete={deletion.deleteAnyway}
        />
      )}
    </PageSection>
  );
}

/** Works the fits out without drawing the table anew for each: only the row that it is about changes. */
function FitsOf({ models }: Pick<ModelsTableProps, 'models'>) {
  useFitsOf(models);
  return null;
}

/** The same functions all along, so that a row is drawn anew only when its model changes. */
function useRowHandlers(
  onOpen: ModelsTableProps['onOpen'],
  onDelete: (model: InstalledModel) => void,
) {
  const latest = useRef({ onOpen, onDelete });
  useEffect(() => {
    latest.current = { onOpen, onDelete };
  });
  const [handlers] = useState(() => ({
    onOpen: ({ id }: InstalledModel, part?: 'file') => {
      latest.current.onOpen(id, part);
    },
    onDelete: (model: InstalledModel) => {
      latest.current.onDelete(model);
    },
  }));
  return handlers;
}

function useRows(models: readonly InstalledModel[], filter: string) {
  const [sort, setSort] = useState<ModelSort>({ column: 'name', direction: 'ascending' });
  const [limit, setLimit] = useState(rowsAtOnce);
  const matching = useMemo(
    () => sortModels(filterModels(models, filter), sort),
    [models, filter, sort],
  );
  const shown = useMemo(() => matching.slice(0, limit), [matching, limit]);
  const showMore = () => {
    setLimit(limit + rowsAtOnce);
  };
  return { matching: matching.length, shown, sort, setSort, showMore };
}

/** The row below the one that goes, or the one above: the keyboard stays in the table. */
function focusNeighbour(shown: readonly InstalledModel[], id: string): void {
  const at = shown.findIndex((model) => model.id === id);
  const neighbour = shown[at + 1] ?? shown[at - 1];
  if (neighbour === undefined) return;
  requestAnimationFrame(() => {
    const selector = `[data-model="${CSS.escape(neighbour.id)}"]`;
    document.querySelector<HTMLElement>(selector)?.focus();
  });
}

interface ShowMoreProps {
  readonly shown: number;
  readonly total: number;
  readonly onMore: () => void;
}

function ShowMore({ shown, total, onMore }: ShowMoreProps) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <p className={styles['more']}>
      {t('models.shownOf', { shown: format.count(shown), total: format.count(total) })}
      <Button size="row" onClick={onMore}>
        {t('models.showMore')}
      </Button>
    </p>
  );
}

interface HeadProps {
  readonly sort: ModelSort;
  readonly onSort: (sort: ModelSort) => void;
}

function Head({ sort, onSort }: HeadProps) {
  const { t } = useTranslation();
  const sorting = { sort, onSort };
  return (
    <thead>
      <tr>
        <SortableHeadCell column="name" {...sorting}>
          {t('models.column.name')}
        </SortableHeadCell>
        <SortableHeadCell column="size" {...sorting} isFigure data-wide>
          {t('models.column.size')}
        </SortableHeadCell>
        <SortableHeadCell column="context" {...sorting} isFigure data-wide>
          {t('models.column.context')}
        </SortableHeadCell>
        <HeadCell data-wide data-spare>
          {t('models.column.source')}
        </HeadCell>
        <SortableHeadCell column="lastUsed" {...sorting} data-wide data-spare>
          {t('models.column.lastUsed')}
        </SortableHeadCell>
        <HeadCell data-wide>{t('models.column.state')}</HeadCell>
        <HeadCell>
          <span className="visually-hidden">{t('models.column.actions')}</span>
        </HeadCell>
      </tr>
    </thead>
  );
}
