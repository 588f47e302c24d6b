import { useTranslation } from 'react-i18next';
import { useMemberships } from '../../../state/memberships.ts';
import styles from './NearbyPools.module.css';

/** Pools that announce themselves on this network. An offer, never trusted by itself. */
export function NearbyPools() {
  const { t } = useTranslation();
  const nearby = useMemberships((state) => state.nearby);
  if (nearby.length === 0) return null;
  return (
    <section aria-label={t('pool.nearby.title')} className={styles['nearby']}>
      <h3 className={styles['title']}>{t('pool.nearby.title')}</h3>
      <ul>
        {nearby.map((pool) => (
          <li key={pool.id}>{pool.poolName}</li>
        ))}
      </ul>
    </section>
  );
}
