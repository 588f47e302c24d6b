import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import type { Pool } from '../../../api.ts';
import { refreshPools } from '../../../state/pools.ts';
import { useMe } from '../../../state/me.ts';
import { PageSection } from '../../../ui/Page.tsx';
import { Switch } from '../../../ui/Switch.tsx';
import { useDeed } from '../../../ui/use-deed.ts';
import { SettingRow } from '../../settings/SettingRow.tsx';
import styles from './LedgerTab.module.css';

export interface ContributorsRowProps {
  readonly pool: Pool;
}

/** The rule that everybody can read; only those who keep the pool switch it. */
export function ContributorsRow({ pool }: ContributorsRowProps) {
  const { t } = useTranslation();
  const deed = useDeed();
  const mayManage = useMe(({ me }) => me?.role === 'owner' || me?.role === 'admin');
  return (
    <PageSection title={t('ledger.rule')} className={styles['rule']}>
      <SettingRow name={t('ledger.first')} effect={t('ledger.firstEffect')} error={deed.error}>
        {(control) =>
          mayManage ? (
            <Switch
              {...control}
              checked={pool.contributorsFirst}
              onChange={(contributorsFirst) =>
                void deed.run(async () => {
                  await api.pools.update({ id: pool.id, contributorsFirst });
                  await refreshPools();
                })
              }
            />
          ) : (
            <output {...control}>{t(pool.contributorsFirst ? 'ledger.on' : 'ledger.off')}</output>
          )
        }
      </SettingRow>
      <p className={styles['hint']}>{t('ledger.counted')}</p>
    </PageSection>
  );
}
