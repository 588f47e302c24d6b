import type { ReactNode } from 'react';
import styles from './Receipt.module.css';

export interface ReceiptProps {
  /** The receipt as one spoken sentence. */
  readonly label: string;
  readonly children: ReactNode;
}

/** One quiet line of measured facts, split by hairlines. */
export function Receipt({ label, children }: ReceiptProps) {
  return (
    <p className={styles['receipt']}>
      <span className="visually-hidden">{label}</span>
      <span aria-hidden className={styles['parts']}>
        {children}
      </span>
    </p>
  );
}

export interface ReceiptPartProps {
  /** The heavier half: a figure or a name. */
  readonly value: ReactNode;
  /** The lighter half: its unit or what it is. */
  readonly unit?: ReactNode;
  /** Hidden when the window is narrow. */
  readonly isExtra?: boolean;
}

export function ReceiptPart({ value, unit, isExtra = false }: ReceiptPartProps) {
  return (
    <span className={styles['part']} data-extra={isExtra || undefined}>
      <b>{value}</b>
      {unit !== undefined && <> {unit}</>}
    </span>
  );
}
