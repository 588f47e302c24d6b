import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import type { Pool } from '../../../api.ts';
import { refreshPools } from '../../../state/pools.ts';
import { Button } from '../../../ui/Button.tsx';
import { PageSection } from '../../../ui/Page.tsx';
import { Select } from '../../../ui/Select.tsx';
import { Switch } from '../../../ui/Switch.tsx';
import { useDeed } from '../../../ui/use-deed.ts';
import { PathForm } from '../../settings/PathForm.tsx';
import { SettingRow } from '../../settings/SettingRow.tsx';
import { EndPoolDialog } from './EndPoolDialog.tsx';
import styles from './Settings.module.css';

export interface PoolSettingsProps {
  readonly pool: Pool;
}

type Strategy = Pool['strategy'];
/** *By weight* and *by priority* need figures for each machine, which this page does not ask for. */
const strategies: readonly Strategy[] = ['expected-time', 'least-busy', 'round-robin', 'sticky'];

/** The pool's name, how it spreads work, whether members share caches, and its end. */
export function PoolSettings({ pool }: PoolSettingsProps) {
  const { t } = useTranslation();
  const [isEnding, setIsEnding] = useState(false);
  return (
    <PageSection title={t('host.pool.title')} className={styles['section']}>
      <NameRow pool={pool} />
      <StrategyRow pool={pool} />
      <IsolationRow pool={pool} />
      <div className={styles['end']}>
        <p>{t('host.pool.endEffect')}</p>
        <Button
          variant="danger"
          onClick={() => {
            setIsEnding(true);
          }}
        >
          {t('host.pool.end')}
        </Button>
      </div>
      {isEnding && (
        <EndPoolDialog
          pool={pool}
          onClose={() => {
            setIsEnding(false);
          }}
        />
      )}
    </PageSection>
  );
}

function usePoolChange(pool: Pool) {
  const deed = useDeed();
  type Change = Omit<Parameters<typeof api.pools.update>[0], 'id'>;
  return {
    ...deed,
    change: (change: Change) =>
      void deed.run(async () => {
        await api.pools.update({ id: pool.id, ...change });
        await refreshPools();
      }),
  };
}

function NameRow({ pool }: PoolSettingsProps) {
  const { t } = useTranslation();
  const { change, error, isBusy } = usePoolChange(pool);
  const [name, setName] = useState(pool.name);
  return (
    <SettingRow name={t('host.pool.name')} effect={t('host.pool.nameEffect')} error={error}>
      {(control) => (
        <PathForm
          {...control}
          label={t('host.pool.name')}
          button={t('host.pool.rename')}
          value={name}
          isBusy={isBusy}
          onChange={setName}
          onSubmit={(next) => {
            change({ name: next });
          }}
        />
      )}
    </SettingRow>
  );
}

function StrategyRow({ pool }: PoolSettingsProps) {
  const { t } = useTranslation();
  const { change, error } = usePoolChange(pool);
  const choices = [...new Set([...strategies, pool.strategy])];
  return (
    <SettingRow
      name={t('host.pool.strategy')}
      effect={t(`host.strategyEffect.${pool.strategy}`)}
      error={error}
    >
      {(control) => (
        <Select
          {...control}
          value={pool.strategy}
          options={choices.map((value) => ({ value, label: t(`host.strategy.${value}`) }))}
          onChange={(strategy) => {
            change({ strategy });
          }}
        />
      )}
    </SettingRow>
  );
}

function IsolationRow({ pool }: PoolSettingsProps) {
  const { t } = useTranslation();
  const { change, error } = usePoolChange(pool);
  return (
    <SettingRow name={t('host.pool.isolated')} effect={t('host.pool.isolatedEffect')} error={error}>
      {(control) => (
        <Switch
          {...control}
          checked={pool.isIsolated}
          onChange={(isIsolated) => {
            change({ isIsolated });
          }}
        />
      )}
    </SettingRow>
  );
}
