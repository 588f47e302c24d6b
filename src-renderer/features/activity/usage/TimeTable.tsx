import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../i18n/format.ts';
import { Cell, HeadCell, Table } from '../../../ui/Table.tsx';
import { momentsOf } from './moments.ts';
import styles from './Usage.module.css';
import { useUsageWords } from './use-usage-words.ts';
import type { ToldUsage } from './use-usage.ts';

export interface TimeTableProps {
  readonly told: ToldUsage;
}

/** The same over time: what each bar of the chart holds. */
export function TimeTable({ told: { asked, report } }: TimeTableProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { long } = useUsageWords(asked.step, 'tokens');
  return (
    <details className={styles['moments']}>
      <summary>{t(`usage.overTime.${asked.step}`)}</summary>
      <Table label={t(`usage.overTime.${asked.step}`)}>
        <thead>
          <tr>
            <HeadCell>{t(`usage.steps.${asked.step}`)}</HeadCell>
            <HeadCell isFigure>{t('usage.column.requests')}</HeadCell>
            <HeadCell isFigure>{t('usage.column.tokens')}</HeadCell>
            <HeadCell isFigure>{t('usage.column.cost')}</HeadCell>
          </tr>
        </thead>
        <tbody>
          {momentsOf(report.rows).map(({ at, sum }) => (
            <tr key={at}>
              <Cell>{long(at)}</Cell>
              <Cell isFigure>{format.count(sum.requests)}</Cell>
              <Cell isFigure>{format.count(sum.promptTokens + sum.completionTokens)}</Cell>
              <Cell isFigure>
                {sum.costMicros === 0 && sum.unpriced > 0
                  ? t('common.unknown')
                  : format.money(sum.costMicros)}
              </Cell>
            </tr>
          ))}
        </tbody>
      </Table>
    </details>
  );
}
