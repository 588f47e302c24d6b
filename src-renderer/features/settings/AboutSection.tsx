import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { LogDialog } from '../../frame/LogDialog.tsx';
import { useFormat } from '../../i18n/format.ts';
import { useMachine } from '../../state/machine.ts';
import { Button } from '../../ui/Button.tsx';
import { Facts } from '../../ui/Facts.tsx';
import { DoctorChecks } from './DoctorChecks.tsx';
import styles from './AboutSection.module.css';

/** What runs here, where its files lie, and whether it is well. */
export function AboutSection() {
  const { t } = useTranslation();
  const format = useFormat();
  const system = useMachine((state) => state.system);
  const [isLogOpen, setIsLogOpen] = useState(false);
  return (
    <div className={styles['about']}>
      {system && (
        <Facts
          facts={[
            { name: t('settings.version'), value: system.version },
            { name: t('settings.dataFolder'), value: <code>{system.dataFolder}</code> },
            { name: t('models.folder'), value: <code>{system.modelsFolder}</code> },
            { name: t('settings.machine'), value: system.machine.machineName },
            { name: t('settings.system'), value: system.machine.osName },
            {
              name: t('settings.processor'),
              value: t('settings.cores', {
                count: system.machine.physicalCores,
                name: system.machine.cpuModel,
              }),
            },
            { name: t('models.memory'), value: format.memory(system.machine.totalMemoryBytes) },
            {
              name: t('settings.graphics'),
              value:
                system.machine.gpus.map((gpu) => gpu.name).join(', ') || t('settings.noGraphics'),
            },
          ]}
        />
      )}
      <DoctorChecks />
      <div>
        <Button
          onClick={() => {
            setIsLogOpen(true);
          }}
        >
          {t('common.showLog')}
        </Button>
      </div>
      {isLogOpen && (
        <LogDialog
          onClose={() => {
            setIsLogOpen(false);
          }}
        />
      )}
    </div>
  );
}
