import type { CSSProperties } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../i18n/format.ts';
import { Cell, HeadCell, Table } from '../../../ui/Table.tsx';
import { dayStart } from '../sharing/day-bars.ts';
import type { DaySum } from './ledger-sums.ts';
import styles from './LedgerTab.module.css';

export interface DayChartProps {
  /** Oldest first. */
  readonly days: readonly DaySum[];
}

/** Tokens given and taken, two bars a day, with the same figures as a table behind them. */
export function DayChart({ days }: DayChartProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const name = (day: string | undefined) => (day === undefined ? '' : format.day(dayStart(day)));
  const most = Math.max(
    1,
    ...days.flatMap(({ servedTokens, consumedTokens }) => [servedTokens, consumedTokens]),
  );
  const share = (tokens: number) =>
    ({
      '--share': `${String(tokens <= 0 ? 0 : Math.max(2, (tokens / most) * 100))}%`,
    }) as CSSProperties;
  return (
    <figure className={styles['chart']}>
      {days.length > 1 && (
        <>
          <div
            role="img"
            aria-label={t('ledger.chart', { count: days.length, most: format.compact(most) })}
            className={styles['bars']}
          >
            {days.map(({ day, servedTokens, consumedTokens }) => (
              <div key={day} className={styles['day']}>
                <span style={share(servedTokens)} />
                <span style={share(consumedTokens)} />
              </div>
            ))}
          </div>
          <p aria-hidden className={styles['axis']}>
            <span>{name(days[0]?.day)}</span>
            <span>{name(days.at(-1)?.day)}</span>
          </p>
          <p aria-hidden className={styles['legend']}>
            <span>{t('ledger.column.served')}</span>
            <span>{t('ledger.column.consumed')}</span>
          </p>
        </>
      )}
      <DayTable days={days} />
    </figure>
  );
}

function DayTable({ days }: DayChartProps) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <details className={styles['table']}>
      <summary>{t('ledger.byDay')}</summary>
      <Table label={t('ledger.byDay')}>
        <thead>
          <tr>
            <HeadCell>{t('ledger.column.day')}</HeadCell>
            <HeadCell isFigure>{t('ledger.column.served')}</HeadCell>
            <HeadCell isFigure>{t('ledger.column.consumed')}</HeadCell>
          </tr>
        </thead>
        <tbody>
          {days.toReversed().map(({ day, servedTokens, consumedTokens }) => (
            <tr key={day}>
              <Cell>{format.day(dayStart(day))}</Cell>
              <Cell isFigure>{format.count(servedTokens)}</Cell>
              <Cell isFigure>{format.count(consumedTokens)}</Cell>
            </tr>
          ))}
        </tbody>
      </Table>
    </details>
  );
}
