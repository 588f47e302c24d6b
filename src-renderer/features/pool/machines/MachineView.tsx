import { ArrowLeft } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { PoolMachine, PoolOverview } from '../../../api.ts';
import { useMe } from '../../../state/me.ts';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { Icon } from '../../../ui/Icon.tsx';
import { Link } from '../../../ui/Link.tsx';
import { PageSection } from '../../../ui/Page.tsx';
import { StateBadge } from '../../../ui/StateBadge.tsx';
import { useNow } from '../../../ui/use-now.ts';
import { EventList } from '../events/EventList.tsx';
import { MachineDeeds } from './MachineDeeds.tsx';
import { MachineFacts } from './MachineFacts.tsx';
import { MachineModels } from './MachineModels.tsx';
import { machineTones, useMachineWords } from './machine-words.ts';
import styles from './MachineView.module.css';
import { useMachine } from './use-machine.ts';

export interface MachineViewProps {
  readonly poolId: string;
  readonly machineId: string;
  readonly overview: PoolOverview;
}

/** One machine: how it is and why, its models and what proves them, and what happened to it. */
export function MachineView({ poolId, machineId, overview }: MachineViewProps) {
  const { t } = useTranslation();
  const mayManage = useMe(({ me }) => me?.role === 'owner' || me?.role === 'admin');
  const { machine, events, error } = useMachine(machineId, overview);
  return (
    <>
      <Link to={{ page: 'pool', place: poolId, tab: 'machines' }} className={styles['back']}>
        <Icon of={ArrowLeft} />
        {t('machines.all')}
      </Link>
      {machine === undefined ? (
        <Unknown error={error} />
      ) : (
        <>
          <Head machine={machine} />
          <div className={styles['columns']}>
            <MachineFacts machine={machine} />
            {mayManage && <MachineDeeds machine={machine} poolId={poolId} />}
          </div>
          <MachineModels machine={machine} mayManage={mayManage} />
          <PageSection title={t('machines.history')}>
            {events !== undefined && (
              <EventList
                poolId={poolId}
                events={events}
                thisMachine={machine.isThisMachine ? machine.name : undefined}
              />
            )}
            {events === undefined && error !== undefined && <ErrorNote error={error} />}
          </PageSection>
        </>
      )}
    </>
  );
}

function Unknown({ error }: { readonly error: unknown }) {
  const { t } = useTranslation();
  if (error !== undefined) return <ErrorNote error={error} title={t('machines.failed')} />;
  return <p role="status">{t('machines.asking')}</p>;
}

function Head({ machine }: { readonly machine: PoolMachine }) {
  const words = useMachineWords();
  const now = useNow(1000, machine.phase === 'lost');
  const reason = words.reason(machine, now);
  return (
    <header className={styles['head']}>
      <h2>{machine.name}</h2>
      <span className={styles['owner']}>{words.owner(machine)}</span>
      <StateBadge tone={machineTones[machine.phase]} isBoxed>
        {words.phase(machine, now)}
      </StateBadge>
      {reason !== '' && <p className={styles['reason']}>{reason}</p>}
    </header>
  );
}
