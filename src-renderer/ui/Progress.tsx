import type { CSSProperties } from 'react';
import { classNames } from './class-names.ts';
import styles from './Progress.module.css';

export interface ProgressProps {
  /** Spoken name: what is under way. */
  readonly label: string;
  /** From 0 to 1. Undefined while nobody can tell: nothing moves then. */
  readonly share: number | undefined;
  /** `slow` is hatched: it stands still for a reason. */
  readonly tone?: 'fine' | 'slow';
  readonly height?: 'thin' | 'normal';
  /** `basin` is the same bar standing up, for the first run. */
  readonly shape?: 'bar' | 'basin';
  readonly className?: string | undefined;
}

/** A level on its way to the end. The percent stands beside it as text. */
export function Progress({
  label,
  share,
  tone = 'fine',
  height = 'normal',
  shape = 'bar',
  className,
}: ProgressProps) {
  const percent =
    share === undefined ? undefined : Math.round(Math.min(1, Math.max(0, share)) * 100);
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      className={classNames(
        styles['progress'],
        styles[tone],
        styles[height],
        styles[shape],
        className,
      )}
    >
      <div
        className={styles['level']}
        style={{ '--share': `${String(percent ?? 0)}%` } as CSSProperties}
      />
    </div>
  );
}
