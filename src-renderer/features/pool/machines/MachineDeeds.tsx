import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import type { NodeTrust, PoolMachine } from '../../../api.ts';
import { navigate } from '../../../router.ts';
import { showToast } from '../../../state/toasts.ts';
import { Button } from '../../../ui/Button.tsx';
import { PageSection } from '../../../ui/Page.tsx';
import { Select } from '../../../ui/Select.tsx';
import { useDeed } from '../../../ui/use-deed.ts';
import { PathForm } from '../../settings/PathForm.tsx';
import { SettingRow } from '../../settings/SettingRow.tsx';
import styles from './MachineDeeds.module.css';
import { RevokeMachineDialog } from './RevokeMachineDialog.tsx';

export interface MachineDeedsProps {
  readonly machine: PoolMachine;
  readonly poolId: string;
}

/** What the owner of the pool decides about a machine. Its own limits stay its own. */
export function MachineDeeds({ machine, poolId }: MachineDeedsProps) {
  const { t } = useTranslation();
  return (
    <PageSection title={t('machines.manage')} className={styles['section']}>
      <NameRow machine={machine} />
      {machine.isThisMachine ? (
        <OwnRow poolId={poolId} />
      ) : (
        <>
          <TrustRow machine={machine} />
          {(machine.phase === 'online' || machine.phase === 'paused') && (
            <FinishRow machine={machine} />
          )}
          <RevokeRow machine={machine} poolId={poolId} />
        </>
      )}
    </PageSection>
  );
}

interface RowProps {
  readonly machine: PoolMachine;
}

function NameRow({ machine }: RowProps) {
  const { t } = useTranslation();
  const deed = useDeed();
  const [name, setName] = useState(machine.name);
  return (
    <SettingRow name={t('machines.name')} effect={t('machines.nameEffect')} error={deed.error}>
      {(control) => (
        <PathForm
          {...control}
          label={t('machines.name')}
          button={t('machines.rename')}
          value={name}
          isBusy={deed.isBusy}
          onChange={setName}
          onSubmit={(next) => {
            void deed.run(async () => {
              await api.pools.updateMachine({ id: machine.id, name: next });
            });
          }}
        />
      )}
    </SettingRow>
  );
}

const trusts: readonly NodeTrust[] = ['own', 'trusted', 'guest'];

function TrustRow({ machine }: RowProps) {
  const { t } = useTranslation();
  const deed = useDeed();
  const [chosen, setChosen] = useState<NodeTrust>();
  const trust = deed.isBusy && chosen !== undefined ? chosen : machine.trust;
  return (
    <SettingRow
      name={t('machines.trustTitle')}
      effect={t(`machines.trustMeans.${trust}`)}
      error={deed.error}
    >
      {(control) => (
        <Select
          {...control}
          value={trust}
          options={trusts.map((value) => ({ value, label: t(`machines.trust.${value}`) }))}
          onChange={(next) => {
            setChosen(next);
            void deed.run(async () => {
              await api.pools.updateMachine({ id: machine.id, trust: next });
            });
          }}
        />
      )}
    </SettingRow>
  );
}

function FinishRow({ machine }: RowProps) {
  const { t } = useTranslation();
  const deed = useDeed();
  return (
    <SettingRow name={t('machines.finish')} effect={t('machines.finishEffect')} error={deed.error}>
      {(control) => (
        <Button
          {...control}
          busyLabel={deed.isBusy ? t('machines.finishing') : undefined}
          onClick={() =>
            void deed.run(async () => {
              await api.pools.drainMachine({ id: machine.id });
              showToast(t('machines.finishToast', { name: machine.name }));
            })
          }
        >
          {t('machines.finishDeed')}
        </Button>
      )}
    </SettingRow>
  );
}

function RevokeRow({ machine, poolId }: MachineDeedsProps) {
  const { t } = useTranslation();
  const [isAsking, setIsAsking] = useState(false);
  return (
    <>
      <SettingRow name={t('machines.revoke')} effect={t('machines.revokeEffect')}>
        {(control) => (
          <Button
            {...control}
            variant="danger"
            onClick={() => {
              setIsAsking(true);
            }}
          >
            {t('machines.revokeDeed')}
          </Button>
        )}
      </SettingRow>
      {isAsking && (
        <RevokeMachineDialog
          machine={machine}
          onRevoked={() => {
            navigate({ page: 'pool', place: poolId, tab: 'machines' });
          }}
          onClose={() => {
            setIsAsking(false);
          }}
        />
      )}
    </>
  );
}

/** This machine's sharing has a view of its own. */
function OwnRow({ poolId }: Pick<MachineDeedsProps, 'poolId'>) {
  const { t } = useTranslation();
  return (
    <SettingRow name={t('machines.own')} effect={t('machines.ownEffect')}>
      {(control) => (
        <Button
          {...control}
          onClick={() => {
            navigate({ page: 'pool', place: poolId, tab: 'machine' });
          }}
        >
          {t('machines.ownDeed')}
        </Button>
      )}
    </SettingRow>
  );
}
