import { useTranslation } from 'react-i18next';
import { EmptyState } from '../../../ui/EmptyState.tsx';
import { OverviewGate } from '../overview/OverviewGate.tsx';
import { useOverview } from '../overview/use-overview.ts';
import type { HeldPlace } from '../places.ts';
import { MachineView } from './MachineView.tsx';
import { MachinesTable } from './MachinesTable.tsx';

export interface MachinesTabProps {
  readonly place: HeldPlace;
  /** The machine that the address names. */
  readonly item?: string | undefined;
}

/** The machines of a pool, or one of them with everything about it. */
export function MachinesTab({ place, item }: MachinesTabProps) {
  const { t } = useTranslation();
  const state = useOverview(place.id);
  return (
    <OverviewGate state={state}>
      {(overview) => {
        if (item !== undefined) {
          return <MachineView key={item} poolId={place.id} machineId={item} overview={overview} />;
        }
        if (overview.machines.length > 0) return <MachinesTable overview={overview} />;
        return (
          <EmptyState title={t('overview.noMachine')}>{t('overview.noMachineText')}</EmptyState>
        );
      }}
    </OverviewGate>
  );
}
