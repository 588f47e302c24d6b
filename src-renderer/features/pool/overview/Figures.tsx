import { useTranslation } from 'react-i18next';
import type { PoolOverview } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import styles from './Figures.module.css';
import { Sparkline } from './Sparkline.tsx';

export interface FiguresProps {
  readonly overview: PoolOverview;
}

/** The pool in four figures, and how much flowed lately. */
export function Figures({ overview }: FiguresProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { machines, tokensPerSecond, busySlots, slots, waiting, etaMs, history } = overview;
  const [rate = '–', unit = ''] = format.rate(tokensPerSecond).split('\u202f');
  const online = machines.filter(({ phase }) => phase === 'online' || phase === 'finishing').length;
  return (
    <div className={styles['figures']}>
      <ul className={styles['list']} aria-label={t('overview.figures')}>
        <li>
          <b>{rate}</b> {unit}
        </li>
        <li>
          <b>{format.count(online)}</b>{' '}
          {t('overview.figure.machines', {
            count: machines.length,
            all: format.count(machines.length),
          })}
        </li>
        <li>
          <b>{format.count(busySlots)}</b>{' '}
          {t('overview.figure.slots', { count: slots, all: format.count(slots) })}
        </li>
        {waiting > 0 && (
          <li>
            <b>{format.count(waiting)}</b>{' '}
            {etaMs === undefined
              ? t('overview.figure.inLine')
              : t('overview.figure.inLineFor', { time: format.duration(etaMs) })}
          </li>
        )}
      </ul>
      <Sparkline history={history} />
    </div>
  );
}
