import styles from './Slots.module.css';

export interface SlotsProps {
  readonly busy: number;
  readonly total: number;
  readonly queued: number;
}

/** More places than these are drawn in proportion. */
const drawnSlots = 12;
const drawnQueued = 8;

/** Places for answers: filled when busy, hatched when in line, empty when free. Words stand beside it. */
export function Slots({ busy, total, queued }: SlotsProps) {
  const drawn = Math.min(total, drawnSlots);
  const filled = total === 0 ? 0 : Math.min(drawn, Math.ceil((busy * drawn) / total));
  const squares = [
    ...Array<string>(filled).fill('busy'),
    ...Array<string>(drawn - filled).fill('free'),
    ...Array<string>(Math.min(queued, drawnQueued)).fill('queued'),
  ];
  return (
    <span aria-hidden className={styles['slots']}>
      {squares.map((kind, index) => (
        <span key={index} className={styles[kind]} />
      ))}
    </span>
  );
}
