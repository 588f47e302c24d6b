import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { LogDialog } from '../../frame/LogDialog.tsx';
import { useMachine } from '../../state/machine.ts';
import { Button } from '../../ui/Button.tsx';
import { Facts } from '../../ui/Facts.tsx';
import { navigate } from '../../router.ts';
import styles from './AboutSection.module.css';

/** What runs here, where its files lie, and whether it is well. */
export function AboutSection() {
  const { t } = useTranslation();
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
          ]}
        />
      )}
      <div className={styles['actions']}>
        <Button
          onClick={() => {
            navigate({ page: 'settings', section: 'help' });
          }}
        >
          {t('settings.section.help')}
        </Button>
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
