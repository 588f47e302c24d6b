import { useTranslation } from 'react-i18next';
import type { InstalledModel } from '../../api.ts';
import { PageSection } from '../../ui/Page.tsx';
import { LoadedModelCard } from './LoadedModelCard.tsx';
import { isOurs } from './model-deeds.ts';
import styles from './LoadedModels.module.css';

export interface LoadedModelsProps {
  readonly models: readonly InstalledModel[];
}

/** What is in memory now, what is on its way there, and what failed on the way. */
export function LoadedModels({ models }: LoadedModelsProps) {
  const { t } = useTranslation();
  const present = models.filter((model) => isOurs(model) && model.state.phase !== 'installed');
  return (
    <PageSection title={t('models.loadedNow')}>
      {present.length === 0 ? (
        <p className={styles['none']}>{t('models.nothingLoaded')}</p>
      ) : (
        <ul className={styles['list']}>
          {present.map((model) => (
            <LoadedModelCard key={model.id} model={model} />
          ))}
        </ul>
      )}
    </PageSection>
  );
}
