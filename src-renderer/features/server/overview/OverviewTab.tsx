import { useConnection } from '../../../state/connection.ts';
import { useMay } from '../../../state/may.ts';
import { useServer } from '../../../state/server.ts';
import { UseFromSection } from '../use-from/UseFromSection.tsx';
import { AddressCard } from './AddressCard.tsx';
import { NeedsHand } from './NeedsHand.tsx';
import styles from './Overview.module.css';
import { ProvidersNow } from './ProvidersNow.tsx';
import { RunningModels } from './RunningModels.tsx';

/** The address, what needs a hand, how to use it, and what answers. */
export function OverviewTab() {
  const server = useServer((state) => state.server);
  const isOffline = useConnection((connection) => connection.phase === 'offline');
  const mayManage = useMay('manageProviders');
  const isOwner = useMay('manageServer');
  if (server === undefined) return null;
  return (
    <div className={styles['tab']}>
      <AddressCard server={server} isOffline={isOffline} />
      {mayManage && <NeedsHand />}
      <div className={styles['sections']} data-alone={!mayManage || undefined}>
        <UseFromSection server={server} />
        {mayManage && (
          <div className={styles['side']}>
            {isOwner && <RunningModels />}
            <ProvidersNow />
          </div>
        )}
      </div>
    </div>
  );
}
