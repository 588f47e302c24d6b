import { ListFilter, Waypoints } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { PoolOverview } from '../../../api.ts';
import { navigate } from '../../../router.ts';
import { useMe } from '../../../state/me.ts';
import { Button } from '../../../ui/Button.tsx';
import { EmptyState } from '../../../ui/EmptyState.tsx';
import { EventsSection } from '../events/EventsSection.tsx';
import type { HeldPlace } from '../places.ts';
import { Topology } from '../topology/Topology.tsx';
import { TopologyTable } from '../topology/TopologyTable.tsx';
import { tableAbove } from '../topology/topology.ts';
import { Figures } from './Figures.tsx';
import styles from './NowTab.module.css';
import { OverviewGate } from './OverviewGate.tsx';
import { useOverview } from './use-overview.ts';

export interface NowTabProps {
  readonly place: HeldPlace;
}

/** A pool at a glance: how much flows, who asks what of which machine, and what just happened. */
export function NowTab({ place }: NowTabProps) {
  const state = useOverview(place.id);
  return (
    <OverviewGate state={state}>
      {(overview) =>
        overview.machines.length === 0 ? (
          <NoMachine place={place} />
        ) : (
          <>
            <Figures overview={overview} />
            <Picture overview={overview} />
            <EventsSection poolId={place.id} overview={overview} />
          </>
        )
      }
    </OverviewGate>
  );
}

function Picture({ overview }: { readonly overview: PoolOverview }) {
  const { t } = useTranslation();
  const [wanted, setWanted] = useState<'drawing' | 'table'>();
  const shown = wanted ?? (overview.machines.length > tableAbove ? 'table' : 'drawing');
  return (
    <section aria-label={t('overview.picture')} className={styles['picture']}>
      <div className={styles['switch']}>
        {shown === 'drawing' ? (
          <Button
            variant="quiet"
            size="row"
            icon={ListFilter}
            onClick={() => {
              setWanted('table');
            }}
          >
            {t('overview.asTable')}
          </Button>
        ) : (
          <Button
            variant="quiet"
            size="row"
            icon={Waypoints}
            onClick={() => {
              setWanted('drawing');
            }}
          >
            {t('overview.asDrawing')}
          </Button>
        )}
      </div>
      {shown === 'drawing' ? (
        <Topology overview={overview} />
      ) : (
        <TopologyTable overview={overview} />
      )}
    </section>
  );
}

function NoMachine({ place }: NowTabProps) {
  const { t } = useTranslation();
  const isOwner = useMe(({ me }) => me?.role === 'owner');
  return (
    <EmptyState
      title={t('overview.noMachine')}
      action={
        isOwner && (
          <Button
            onClick={() => {
              navigate({ page: 'pool', place: place.id, tab: 'machine' });
            }}
          >
            {t('overview.shareThis')}
          </Button>
        )
      }
    >
      {t(isOwner ? 'overview.noMachineOwner' : 'overview.noMachineText')}
    </EmptyState>
  );
}
