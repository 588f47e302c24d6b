import type { CSSProperties } from 'react';
import { classNames } from './class-names.ts';
import styles from './Meter.module.css';

export interface MeterProps {
  /** Spoken name. */
  readonly label: string;
  /** The same as the text beside it: "6.8 of 12 GB, limit 10.8 GB". */
  readonly valueText: string;
  readonly value: number;
  /** Where the track ends. */
  readonly max: number;
  /** Where it stops, or where one is warned. */
  readonly sill?: number | undefined;
  /** A further limit behind the sill, drawn dashed: graphics and main memory together. */
  readonly secondSill?: number | undefined;
  /** Where the level stood before the change that is being tried; a dotted mark. */
  readonly before?: number | undefined;
  /** Predicted values are outlined, measured ones filled. */
  readonly kind?: 'measured' | 'predicted';
  /** How it stands against its limits, where that is decided elsewhere. */
  readonly tone?: 'fine' | 'slow' | 'over' | undefined;
  readonly height?: 'thin' | 'normal';
  readonly className?: string | undefined;
}

/** The level and the sill: how much of something limited is used, and where its limit stands. */
export function Meter({
  label,
  valueText,
  value,
  max,
  sill,
  secondSill,
  before,
  kind = 'measured',
  tone = toneOf({ value, max, sill }),
  height = 'normal',
  className,
}: MeterProps) {
  const shareOf = (amount: number) =>
    `${String(Math.min(100, Math.max(0, max > 0 ? (amount / max) * 100 : 0)))}%`;
  return (
    <div
      role="meter"
      aria-label={label}
      aria-valuenow={value}
      aria-valuemin={0}
      aria-valuemax={Math.max(max, value)}
      aria-valuetext={valueText}
      className={classNames(styles['meter'], styles[height], className)}
    >
      <div
        className={classNames(styles['level'], styles[kind], styles[tone])}
        style={{ '--share': shareOf(value) } as CSSProperties}
      />
      {Object.entries({ before, secondSill, sill }).map(
        ([mark, at]) =>
          at !== undefined && (
            <span
              key={mark}
              className={styles[mark]}
              style={{ '--at': shareOf(at) } as CSSProperties}
            />
          ),
      )}
    </div>
  );
}

function toneOf({ value, max, sill }: Pick<MeterProps, 'value' | 'max' | 'sill'>) {
  if (value > max) return 'over';
  return sill !== undefined && value > sill ? 'slow' : 'fine';
}
