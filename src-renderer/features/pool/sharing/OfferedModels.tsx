import { useTranslation } from 'react-i18next';
import type { SharingLimits } from '../../../api.ts';
import { useModels } from '../../../state/models.ts';
import { ModelChoice } from '../ModelChoice.tsx';
import styles from './LimitsSection.module.css';

export interface OfferedModelsProps {
  /** Null: all usable ones. */
  readonly models: SharingLimits['models'];
  readonly onChange: (limits: Partial<SharingLimits>) => void;
}

/** Which of this machine's models others may ask. */
export function OfferedModels({ models, onChange }: OfferedModelsProps) {
  const { t } = useTranslation();
  const installed = useModels((state) => state.models);
  return (
    <div className={styles['row']}>
      <div className={styles['head']}>
        <h3>{t('sharing.offered.title')}</h3>
        <p>{t('sharing.offered.effect')}</p>
      </div>
      <ModelChoice
        isHeadingHidden
        label={t('sharing.offered.title')}
        allLabel={t('sharing.offered.all')}
        choices={(installed ?? []).map(({ id, name }) => ({ id, name }))}
        models={models ?? undefined}
        onChange={(chosen) => {
          onChange({ models: chosen === undefined ? null : [...chosen] });
        }}
      />
    </div>
  );
}
