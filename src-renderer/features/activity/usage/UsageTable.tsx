import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { UsageReport } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { Cell, SortableHeadCell, Table } from '../../../ui/Table.tsx';
import type { SortState } from '../../../ui/Table.tsx';
import table from '../../pool/PoolTable.module.css';
import { seriesOf } from './chart-series.ts';
import type { Metric, Slot } from './chart-series.ts';
import { groupName } from './group-words.ts';
import { sortOfMetric, sortRows, usageColumns } from './sort-rows.ts';
import type { UsageColumn } from './sort-rows.ts';
import { Swatch } from './Swatch.tsx';
import type { ToldUsage } from './use-usage.ts';

export interface UsageTableProps {
  readonly told: ToldUsage;
  readonly metric: Metric;
}

/** The table behind the chart: its rows add up to the figures above. */
export function UsageTable({ told: { asked, report }, metric }: UsageTableProps) {
  const { t } = useTranslation();
  const [own, setOwn] = useState<SortState<UsageColumn>>();
  const sort = own ?? sortOfMetric(metric);
  const nameOf = (row: UsageReport['rows'][number]) => groupName(row, asked.by, t);
  const slotOf = new Map(
    seriesOf(report.rows, [], metric).flatMap(({ groups, slot }) =>
      groups.map((group) => [group, slot] as const),
    ),
  );
  return (
    <Table label={t(`usage.tableBy.${asked.by}`)}>
      <thead>
        <tr>
          {usageColumns.map((column) => (
            <SortableHeadCell
              key={column}
              column={column}
              sort={sort}
              onSort={setOwn}
              isFigure={column !== 'name'}
              className={narrowClass(column)}
            >
              {column === 'name' ? t(`usage.groupings.${asked.by}`) : t(`usage.column.${column}`)}
            </SortableHeadCell>
          ))}
        </tr>
      </thead>
      <tbody>
        {sortRows(report.rows, sort, nameOf).map((row) => (
          <UsageRow key={row.group} row={row} name={nameOf(row)} slot={slotOf.get(row.group)} />
        ))}
      </tbody>
    </Table>
  );
}

function narrowClass(column: UsageColumn): string | undefined {
  if (column === 'tokens') return table['wide'];
  const isSpare = column === 'failed' || column === 'cached' || column === 'in' || column === 'out';
  return isSpare ? table['spare'] : undefined;
}

interface UsageRowProps {
  readonly row: UsageReport['rows'][number];
  readonly name: string;
  readonly slot: Slot | undefined;
}

function UsageRow({ row: { sum }, name, slot }: UsageRowProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const tokens = format.compact(sum.promptTokens + sum.completionTokens);
  return (
    <tr>
      <Cell>
        {slot !== undefined && <Swatch slot={slot} />}
        <span className={table['name']}>{name}</span>
        <span className={table['narrow']}>{t('usage.tokensOf', { tokens })}</span>
      </Cell>
      <Cell isFigure>{format.count(sum.requests)}</Cell>
      <Cell isFigure className={table['spare']}>
        {format.count(sum.failed)}
      </Cell>
      <Cell isFigure className={table['wide']}>
        {tokens}
      </Cell>
      <Cell isFigure className={table['spare']}>
        {format.compact(sum.promptTokens)}
      </Cell>
      <Cell isFigure className={table['spare']}>
        {sum.promptTokens === 0 ? '–' : format.percent(sum.cachedTokens / sum.promptTokens)}
      </Cell>
      <Cell isFigure className={table['spare']}>
        {format.compact(sum.completionTokens)}
      </Cell>
      <Cell isFigure>
        {sum.costMicros === 0 && sum.unpriced > 0
          ? t('common.unknown')
          : format.money(sum.costMicros)}
        {sum.unpriced > 0 && (
          <span className={table['detail']}>
            {t('usage.without', { count: sum.unpriced, requests: format.count(sum.unpriced) })}
          </span>
        )}
      </Cell>
    </tr>
  );
}
