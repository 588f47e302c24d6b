import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/format.ts';
import { useMachine } from '../../state/machine.ts';
import { Meter } from '../../ui/Meter.tsx';
import styles from './MemoryPair.module.css';

export interface MemoryPairProps {
  readonly predictedBytes: number | undefined;
  readonly measuredBytes: number | undefined;
}

/** What loading was expected to take above what it takes, on the scale of this machine's memory. */
export function MemoryPair({ predictedBytes, measuredBytes }: MemoryPairProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const machine = useMachine(({ system }) => system?.machine);
  if (machine === undefined) return null;
  const total = format.memory(machine.totalMemoryBytes);
  const limit = format.memory(machine.memoryBudgetBytes);
  const max = machine.totalMemoryBytes;
  const rows = [
    { kind: 'predicted', bytes: predictedBytes, sill: undefined },
    { kind: 'measured', bytes: measuredBytes, sill: machine.memoryBudgetBytes },
  ] as const;
  return (
    <div className={styles['pair']}>
      <b className={styles['name']}>{t('models.memory')}</b>
      {rows.map(({ kind, bytes, sill }) => (
        <div key={kind} className={styles['row']}>
          <span>{t(`models.${kind}`)}</span>
          {bytes === undefined ? (
            <span className={styles['unknown']}>{t('common.unknown')}</span>
          ) : (
            <Meter
              kind={kind}
              label={t(`models.${kind}Memory`)}
              valueText={t('frame.memoryLimit', { used: format.memory(bytes), total, limit })}
              value={bytes}
              max={max}
              {...(sill !== undefined && { sill })}
            />
          )}
          <b>{format.memory(bytes)}</b>
        </div>
      ))}
      <p className={styles['scale']}>
        <span>{comparison()}</span>
        <span>{t('models.scale', { total, limit })}</span>
      </p>
    </div>
  );

  function comparison(): string {
    if (predictedBytes === undefined || measuredBytes === undefined || measuredBytes === 0)
      return '';
    const excess = measuredBytes - predictedBytes;
    if (Math.abs(excess) < 0.005 * measuredBytes) return t('models.predictionRight');
    const difference = format.memory(Math.abs(excess));
    return excess > 0
      ? t('models.predictionLow', { difference })
      : t('models.predictionHigh', { difference });
  }
}
