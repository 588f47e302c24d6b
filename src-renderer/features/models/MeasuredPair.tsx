import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Meter } from '../../ui/Meter.tsx';
import styles from './MeasuredPair.module.css';

export interface MeasuredPairProps {
  /** What is measured: memory, speed. */
  readonly name: string;
  readonly predicted: number | undefined;
  readonly measured: number | undefined;
  /** Where both levels end. */
  readonly max: number;
  readonly sill?: number;
  readonly write: (value: number | undefined) => string;
  /** How one of the two is spoken. */
  readonly speak: (value: number) => string;
  /** Under the measured level. */
  readonly children?: ReactNode;
}

/** What was expected, outlined, above what came of it, filled, on one scale. */
export function MeasuredPair(props: MeasuredPairProps) {
  const { name, predicted, measured, max, sill, write, speak, children } = props;
  const { t } = useTranslation();
  const rows = [
    { kind: 'predicted', value: predicted, at: undefined },
    { kind: 'measured', value: measured, at: sill },
  ] as const;
  return (
    <div className={styles['pair']}>
      <b className={styles['name']}>{name}</b>
      {rows.map(({ kind, value, at }) => (
        <div key={kind} className={styles['row']}>
          <span>{t(`models.${kind}`)}</span>
          {value === undefined ? (
            <span className={styles['unknown']}>{t('models.notYet')}</span>
          ) : (
            <Meter
              kind={kind}
              label={t(`models.${kind}Of`, { name })}
              valueText={speak(value)}
              value={value}
              max={max}
              sill={at}
            />
          )}
          <b>{write(value)}</b>
        </div>
      ))}
      {children}
    </div>
  );
}
