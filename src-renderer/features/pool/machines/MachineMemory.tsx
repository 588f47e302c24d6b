import { useTranslation } from 'react-i18next';
import type { PoolMachine } from '../../../api.ts';
import { Meter } from '../../../ui/Meter.tsx';
import styles from './MachineMemory.module.css';
import { useMachineWords } from './machine-words.ts';

export interface MachineMemoryProps {
  readonly machine: PoolMachine;
}

/** Memory for models: the level where the machine reports it, else only how much there is. */
export function MachineMemory({ machine }: MachineMemoryProps) {
  const { t } = useTranslation();
  const words = useMachineWords();
  const { memory } = machine;
  if (memory === undefined) return null;
  const text = words.memory(machine);
  return (
    <span className={styles['memory']}>
      {memory.usedBytes !== undefined && (
        <Meter
          label={t(`machines.memory.${memory.kind}`)}
          valueText={text}
          value={memory.usedBytes}
          max={memory.totalBytes}
          height="thin"
          className={styles['meter']}
        />
      )}
      <span className={styles['text']}>{text}</span>
    </span>
  );
}
