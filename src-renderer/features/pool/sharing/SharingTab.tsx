import { useTranslation } from 'react-i18next';
import { refreshSharing, useSharing } from '../../../state/sharing.ts';
import { Button } from '../../../ui/Button.tsx';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { GivenSection } from './GivenSection.tsx';
import { LatelySection } from './LatelySection.tsx';
import { LimitsSection } from './LimitsSection.tsx';
import { RulesSection } from './RulesSection.tsx';
import { SharingHead } from './SharingHead.tsx';
import styles from './SharingTab.module.css';

/** This machine as a host: why it works for others or not, its rules, and what it gave. */
export function SharingTab() {
  const { t } = useTranslation();
  const { sharing, error } = useSharing();
  if (sharing === undefined) {
    if (error === undefined) return <p role="status">{t('sharing.asking')}</p>;
    return (
      <ErrorNote
        error={error}
        title={t('sharing.failed')}
        actions={<Button onClick={() => void refreshSharing()}>{t('common.tryAgain')}</Button>}
      />
    );
  }
  return (
    <div className={styles['tab']}>
      <SharingHead sharing={sharing} />
      <div className={styles['columns']}>
        <RulesSection sharing={sharing} />
        <div className={styles['side']}>
          <GivenSection given={sharing.given} />
        </div>
      </div>
      <LimitsSection sharing={sharing} />
      <LatelySection lately={sharing.lately} />
    </div>
  );
}
