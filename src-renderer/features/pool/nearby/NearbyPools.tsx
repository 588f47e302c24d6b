import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { NearbyPool } from '../../../api.ts';
import { useMemberships } from '../../../state/memberships.ts';
import { Button } from '../../../ui/Button.tsx';
import { StateBadge } from '../../../ui/StateBadge.tsx';
import { AskDialog } from './AskDialog.tsx';
import styles from './NearbyPools.module.css';

/** Pools that announce themselves on this network. An offer, never trusted by itself. */
export function NearbyPools() {
  const { t } = useTranslation();
  const nearby = useMemberships((state) => state.nearby);
  const [asking, setAsking] = useState<NearbyPool>();
  if (nearby.length === 0) return null;
  return (
    <section aria-label={t('pool.nearby.title')} className={styles['nearby']}>
      <h3 className={styles['title']}>{t('pool.nearby.title')}</h3>
      <ul className={styles['list']}>
        {nearby.map((pool) => (
          <li key={pool.id} className={styles['pool']}>
            <div className={styles['text']}>
              <b>{pool.poolName}</b>
              <p>{t('pool.nearby.of', { owner: pool.ownerName, machine: pool.gatewayName })}</p>
            </div>
            {pool.isAlreadyJoined ? (
              <StateBadge tone="ok">{t('pool.nearby.joined')}</StateBadge>
            ) : (
              <Button
                aria-label={t('pool.nearby.askName', { name: pool.poolName })}
                onClick={() => {
                  setAsking(pool);
                }}
              >
                {t('pool.nearby.ask')}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {asking !== undefined && (
        <AskDialog
          pool={asking}
          onClose={() => {
            setAsking(undefined);
          }}
        />
      )}
    </section>
  );
}
