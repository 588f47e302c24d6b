import { useFollowedProviders } from '../providers/use-followed-providers.ts';
import { AliasesSection } from './AliasesSection.tsx';
import { ModelLimitsSection } from './ModelLimitsSection.tsx';
import styles from './Models.module.css';
import { PricesSection } from './PricesSection.tsx';

/** Names that stand for several models, what may be asked of each, and what models cost: the longest last. */
export function ModelsTab() {
  useFollowedProviders();
  return (
    <div className={styles['tab']}>
      <AliasesSection />
      <ModelLimitsSection />
      <PricesSection />
    </div>
  );
}
