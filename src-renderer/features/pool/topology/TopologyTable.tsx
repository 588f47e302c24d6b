import { useTranslation } from 'react-i18next';
import type { PoolOverview } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { Cell, HeadCell, Table } from '../../../ui/Table.tsx';
import { MachinesTable } from '../machines/MachinesTable.tsx';
import table from '../PoolTable.module.css';
import { useAskerWords } from './asker-words.ts';
import { useModelWords } from './model-words.ts';
import styles from './TopologyTable.module.css';

export interface TopologyTableProps {
  readonly overview: PoolOverview;
}

/** Everything that the drawing shows, as rows. */
export function TopologyTable({ overview }: TopologyTableProps) {
  return (
    <div className={styles['tables']}>
      <MachinesTable overview={overview} />
      <ModelRows overview={overview} />
      {overview.askers.length > 0 && <AskerRows overview={overview} />}
    </div>
  );
}

function ModelRows({ overview }: TopologyTableProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const words = useModelWords();
  const nameOf = (machineId: string) =>
    overview.machines.find(({ id }) => id === machineId)?.name ?? machineId;
  return (
    <Table label={t('overview.entries')}>
      <thead>
        <tr>
          <HeadCell>{t('overview.column.model')}</HeadCell>
          <HeadCell>{t('overview.column.where')}</HeadCell>
          <HeadCell className={table['wide']}>{t('overview.column.runsOn')}</HeadCell>
          <HeadCell className={table['wide']}>{t('overview.column.slots')}</HeadCell>
          <HeadCell isFigure>{t('overview.column.rate')}</HeadCell>
        </tr>
      </thead>
      <tbody>
        {overview.models.map((model) => (
          <tr key={model.id}>
            <Cell>{model.name}</Cell>
            <Cell>
              {words.machines(model)}
              <span className={table['narrow']}>{words.slots(model)}</span>
            </Cell>
            <Cell className={table['wide']}>
              {model.lines.length === 0
                ? '–'
                : model.lines
                    .map(({ machineId, answers, moved }) =>
                      t(moved === 0 ? 'overview.lineOf' : 'overview.lineOfMoved', {
                        machine: nameOf(machineId),
                        count: answers,
                        moved: format.count(moved),
                      }),
                    )
                    .join(', ')}
            </Cell>
            <Cell className={table['wide']}>{words.slots(model)}</Cell>
            <Cell isFigure>{format.rate(model.tokensPerSecond)}</Cell>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

function AskerRows({ overview }: TopologyTableProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const words = useAskerWords();
  const modelName = (id: string) => overview.models.find((model) => model.id === id)?.name ?? id;
  return (
    <Table label={t('overview.whoAsks')}>
      <thead>
        <tr>
          <HeadCell>{t('overview.whoAsks')}</HeadCell>
          <HeadCell>{t('overview.column.what')}</HeadCell>
          <HeadCell>{t('overview.column.model')}</HeadCell>
          <HeadCell isFigure>{t('overview.column.rate')}</HeadCell>
        </tr>
      </thead>
      <tbody>
        {overview.askers.map((asker) => (
          <tr key={asker.id}>
            <Cell>{words.name(asker)}</Cell>
            <Cell>{words.detail(asker)}</Cell>
            <Cell>{asker.models.map(({ id }) => modelName(id)).join(', ')}</Cell>
            <Cell isFigure>{format.rate(asker.tokensPerSecond)}</Cell>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
