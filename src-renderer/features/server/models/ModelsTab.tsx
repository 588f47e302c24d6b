import { useFollowedProviders } from '../providers/use-followed-providers.ts';
import { AliasesSection } from './AliasesSection.tsx';
import { ModelLimitsSection } from './ModelLimitsSection.tsx';
import styles from './Models.module.css';
import { PricesSection } from './PricesSection.tsx';

/** Names that stand for several models, and what models cost. */
export function ModelsTab() {
  useFollowedProviders();
  return (
    <div className={styles['tab']}>
      <AliasesSection />
      <PricesSection />
      <ModelLimitsSection />
    </div>
  );
}
