import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/format.ts';
import { useMachine } from '../../state/machine.ts';
import { MeasuredPair } from './MeasuredPair.tsx';
import styles from './MeasuredPair.module.css';
import { comparePrediction } from './prediction.ts';

export interface MemoryPairProps {
  readonly predictedBytes: number | undefined;
  readonly measuredBytes: number | undefined;
  /** It has answered: what a load only sets aside is in use, and the next prediction knows of it. */
  readonly isLearned: boolean;
}

/** What loading was expected to take above what it takes, on the scale of this machine's memory. */
export function MemoryPair({ predictedBytes, measuredBytes, isLearned }: MemoryPairProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const machine = useMachine(({ system }) => system?.machine);
  if (machine === undefined) return null;
  const graphics = machine.gpus
    .filter(({ isMissing }) => !isMissing)
    .reduce((sum, gpu) => sum + (gpu.memoryBytes ?? 0), 0);
  const max = machine.totalMemoryBytes + (machine.hasUnifiedMemory ? 0 : graphics);
  const sill = machine.memoryBudgetBytes + (machine.gpuBudgetBytes ?? 0);
  const [total, limit] = [format.memory(max), format.memory(sill)];
  const comparison = isLearned ? comparePrediction(predictedBytes, measuredBytes) : undefined;
  return (
    <MeasuredPair
      name={t('models.memory')}
      predicted={predictedBytes}
      measured={measuredBytes}
      max={max}
      sill={sill}
      write={format.memory}
      speak={(bytes) => t('frame.memoryLimit', { used: format.memory(bytes), total, limit })}
    >
      <p className={styles['scale']}>
        <span>
          {isLearned
            ? comparison !== undefined &&
              `${t(`models.prediction.${comparison.kind}`, { percent: percentOf(comparison.share) })} ${t('models.prediction.learned')}`
            : t('models.prediction.afterAnswer')}
        </span>
        <span>{t('models.scale', { total, limit })}</span>
      </p>
    </MeasuredPair>
  );

  /** Small differences keep a digit, so that 1.5 % does not read as 2 %. */
  function percentOf(share: number): string {
    const digits = { maximumFractionDigits: share < 0.1 ? 1 : 0 };
    return `${new Intl.NumberFormat(format.locale, digits).format(share * 100)}\u202f%`;
  }
}
