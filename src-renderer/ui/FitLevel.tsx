import type { CSSProperties } from 'react';
import type { FitView } from '../api.ts';
import { classNames } from './class-names.ts';
import { shareOfScale } from './fit-scale.ts';
import type { FitScale } from './fit-scale.ts';
import styles from './FitLevel.module.css';

export interface FitLevelProps {
  /** Absent while it is being worked out: the sills stand, the level is missing. */
  readonly fit: FitView | undefined;
  /** Shared by all rows. */
  readonly scale: FitScale;
  /** Fills its table cell, so that the sills of all rows are one line. */
  readonly isCrossing?: boolean;
}

/**
 * What a model would take against the sills of this machine. A picture only: the words beside it say
 * the same.
 */
export function FitLevel({ fit, scale, isCrossing = false }: FitLevelProps) {
  const at = (bytes: number) =>
    ({ '--at': `${String(shareOfScale(scale, bytes) * 100)}%` }) as CSSProperties;
  return (
    <span aria-hidden className={classNames(styles['fit'], isCrossing && styles['crossing'])}>
      {fit !== undefined && (
        <span
          className={classNames(styles['level'], styles[fit.verdict])}
          style={at(fit.predictedBytes)}
        />
      )}
      {scale.gpuBytes !== undefined && (
        <span className={styles['sill']} style={at(scale.gpuBytes)} />
      )}
      <span
        className={classNames(styles['sill'], scale.gpuBytes !== undefined && styles['dashed'])}
        style={at(scale.limitBytes)}
      />
    </span>
  );
}
