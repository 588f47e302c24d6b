import { useTranslation } from 'react-i18next';
import styles from './PoolDrawing.module.css';

const askers = ['you', 'friend', 'tool'] as const;
const machines = ['here', 'second', 'friends'] as const;

/** Heights of the three boxes' middles in the drawing of lines, and where they meet. */
const ends = [18, 66, 114];
const meets = [56, 66, 76];

/** What a pool is, as a picture. It says nothing that the words beside it do not. */
export function PoolDrawing() {
  const { t } = useTranslation();
  return (
    <div aria-hidden className={styles['drawing']}>
      <ul className={styles['column']}>
        {askers.map((name) => (
          <li key={name} className={styles['box']}>
            <b>{t(`pool.start.drawing.${name}`)}</b>
            <span>{t('pool.start.drawing.asks')}</span>
          </li>
        ))}
      </ul>
      <Lines />
      <div className={styles['address']}>
        <b>{t('pool.start.drawing.address')}</b>
        <span>{t('pool.start.drawing.picks')}</span>
      </div>
      <Lines isMirrored />
      <ul className={styles['column']}>
        {machines.map((name) => (
          <li key={name} className={styles['box']}>
            <b>{t(`pool.start.drawing.${name}`)}</b>
            <span>{t('pool.start.drawing.answers')}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Lines({ isMirrored = false }: { readonly isMirrored?: boolean }) {
  return (
    <svg
      viewBox="0 0 84 132"
      className={styles['lines']}
      data-mirrored={isMirrored || undefined}
      preserveAspectRatio="none"
    >
      {ends.map((end, index) => {
        const meet = meets[index] ?? end;
        return (
          <path
            key={end}
            d={`M0 ${String(end)} C 42 ${String(end)}, 42 ${String(meet)}, 84 ${String(meet)}`}
          />
        );
      })}
    </svg>
  );
}
