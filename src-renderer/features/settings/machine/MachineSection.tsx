import { useTranslation } from 'react-i18next';
import type { MachineStatus } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { useMachine } from '../../../state/machine.ts';
import { memoryTaken } from '../../../state/model-words.ts';
import { useModels } from '../../../state/models.ts';
import { Facts } from '../../../ui/Facts.tsx';
import { Meter } from '../../../ui/Meter.tsx';
import { Cards } from './Cards.tsx';
import styles from './MachineSection.module.css';

/** What this machine is made of, as engines see it. */
export function MachineSection() {
  const machine = useMachine(({ system }) => system?.machine);
  if (machine === undefined) return null;
  return (
    <div className={styles['machine']}>
      <MachineFacts machine={machine} />
      <Memory machine={machine} />
      <Cards machine={machine} />
    </div>
  );
}

function MachineFacts({ machine }: { readonly machine: MachineStatus }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { battery, disk, cpuFeatures } = machine;
  return (
    <Facts
      facts={[
        { name: t('settings.machine'), value: machine.machineName },
        { name: t('settings.system'), value: machine.osName },
        {
          name: t('settings.processor'),
          value: t('settings.cores', { count: machine.physicalCores, name: machine.cpuModel }),
        },
        {
          name: t('settings.cpuFeatures'),
          value:
            cpuFeatures.length === 0 ? t('common.unknown') : <code>{cpuFeatures.join(' ')}</code>,
        },
        ...(disk === undefined
          ? []
          : [
              {
                name: t('settings.disk'),
                value: t('settings.diskFree', {
                  free: format.bytes(disk.freeBytes),
                  total: format.bytes(disk.totalBytes),
                }),
              },
            ]),
        ...(battery === undefined
          ? []
          : [
              {
                name: t('settings.battery'),
                value: t(battery.isCharging ? 'settings.batteryCharging' : 'settings.batteryUsed', {
                  percent: format.percent(battery.share),
                }),
              },
            ]),
      ]}
    />
  );
}

function Memory({ machine }: { readonly machine: MachineStatus }) {
  const { t } = useTranslation();
  const format = useFormat();
  const taken = useModels(({ models }) => memoryTaken(models ?? []));
  const amounts = {
    used: format.memory(taken),
    total: format.memory(machine.totalMemoryBytes),
    limit: format.memory(machine.memoryBudgetBytes),
  };
  const name = t(machine.hasUnifiedMemory ? 'settings.unifiedMemory' : 'models.memory');
  return (
    <section aria-label={name} className={styles['part']}>
      <h3>{name}</h3>
      <Meter
        label={t('frame.memoryLabel')}
        valueText={t('frame.memoryLimit', amounts)}
        value={taken}
        max={machine.totalMemoryBytes}
        sill={machine.memoryBudgetBytes}
      />
      <p className={styles['line']}>
        <span>{t('settings.memoryModels', amounts)}</span>
        <span>{t('settings.memoryFree', { free: format.memory(machine.freeMemoryBytes) })}</span>
      </p>
    </section>
  );
}
