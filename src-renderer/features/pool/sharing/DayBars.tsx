import type { CSSProperties } from 'react';
import { useTranslation } from 'react-i18next';
import type { SharingStatus } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { Cell, HeadCell, Table } from '../../../ui/Table.tsx';
import styles from './DayBars.module.css';
import { barShares, dayStart } from './day-bars.ts';

type Days = SharingStatus['given']['days'];

export interface DayBarsProps {
  /** Oldest first; the last one is today. */
  readonly days: Days;
}

/** Tokens given, a bar a day, with the same figures as a table behind it. */
export function DayBars({ days }: DayBarsProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const name = (day: string) => format.day(dayStart(day));
  const best = days.reduce((most, day) => (day.givenTokens > most.givenTokens ? day : most));
  return (
    <figure className={styles['chart']}>
      <div
        role="img"
        aria-label={t('sharing.given.chart', {
          count: days.length,
          ...{ best: name(best.day), tokens: format.compact(best.givenTokens) },
        })}
        className={styles['bars']}
      >
        {barShares(days).map(({ day, share }) => (
          <span key={day} style={{ '--share': `${String(share * 100)}%` } as CSSProperties} />
        ))}
      </div>
      <p aria-hidden className={styles['axis']}>
        <span>{name(days[0]?.day ?? '')}</span>
        <span>{t('sharing.given.axisToday')}</span>
      </p>
      <details className={styles['table']}>
        <summary>{t('sharing.given.asTable')}</summary>
        <DayTable days={days} />
      </details>
    </figure>
  );
}

function DayTable({ days }: DayBarsProps) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Table label={t('sharing.given.title')}>
      <thead>
        <tr>
          <HeadCell>{t('sharing.given.day')}</HeadCell>
          <HeadCell isFigure>{t('sharing.given.givenTokens')}</HeadCell>
          <HeadCell isFigure>{t('sharing.given.usedTokens')}</HeadCell>
        </tr>
      </thead>
      <tbody>
        {days.toReversed().map(({ day, givenTokens, usedTokens }) => (
          <tr key={day}>
            <Cell>{format.day(dayStart(day))}</Cell>
            <Cell isFigure>{format.count(givenTokens)}</Cell>
            <Cell isFigure>{format.count(usedTokens)}</Cell>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
