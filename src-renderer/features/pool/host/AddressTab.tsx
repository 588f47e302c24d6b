import { useTranslation } from 'react-i18next';
import { usePools } from '../../../state/pools.ts';
import type { HeldPlace } from '../places.ts';
import styles from './AddressTab.module.css';
import { Candidates } from './Candidates.tsx';
import { Fingerprint } from './Fingerprint.tsx';
import { PoolSettings } from './PoolSettings.tsx';
import { ReachSettings } from './ReachSettings.tsx';
import { ReachVerdict } from './ReachVerdict.tsx';
import { WaysOutSection } from './WaysOutSection.tsx';

export interface AddressTabProps {
  readonly place: HeldPlace;
}

/** Whether others can come in, by what has really been seen; and what can be done about it. */
export function AddressTab({ place }: AddressTabProps) {
  const { t } = useTranslation();
  const reach = usePools((state) => state.reach);
  if (reach === undefined) return <p role="status">{t('pool.asking')}</p>;
  return (
    <div className={styles['tab']}>
      <ReachVerdict reach={reach} />
      {reach.verdict !== 'internet' && <WaysOutSection reach={reach} pool={place.pool} />}
      <div className={styles['columns']}>
        <Candidates candidates={reach.candidates} />
        <Fingerprint reach={reach} />
      </div>
      <ReachSettings reach={reach} />
      <PoolSettings key={place.id} pool={place.pool} />
    </div>
  );
}
