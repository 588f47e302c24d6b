import type { ReactNode } from 'react';
import styles from './Chip.module.css';

export interface ChipProps {
  readonly children: ReactNode;
  readonly isActive: boolean;
  readonly onClick: () => void;
}

/** A filter that is on or off. */
export function Chip({ children, isActive, onClick }: ChipProps) {
  return (
    <button type="button" className={styles['chip']} aria-pressed={isActive} onClick={onClick}>
      {children}
    </button>
  );
}
