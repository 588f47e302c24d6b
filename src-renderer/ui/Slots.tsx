import styles from './Slots.module.css';

export interface SlotsProps {
  readonly busy: number;
  readonly total: number;
  readonly queued: number;
}

/** Places for answers: filled when busy, hatched when in line, empty when free. Words stand beside it. */
export function Slots({ busy, total, queued }: SlotsProps) {
  const squares = [
    ...Array<string>(Math.min(busy, total)).fill('busy'),
    ...Array<string>(Math.max(0, total - busy)).fill('free'),
    ...Array<string>(Math.min(queued, 8)).fill('queued'),
  ];
  return (
    <span aria-hidden className={styles['slots']}>
      {squares.map((kind, index) => (
        <span key={index} className={styles[kind]} />
      ))}
    </span>
  );
}
