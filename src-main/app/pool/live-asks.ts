import type { LiveRequests } from '../../gateway/activity/live-requests.ts';
import { callerLabel, callerQueue, callerScope } from '../../gateway/caller.ts';
import type { LiveAsk, LiveAsks } from '../../gateway/nodes/ports.ts';

/** Who asks right now, as the topology of a pool shows it. */
export function createLiveAsks(requests: Pick<LiveRequests, 'asks'>): LiveAsks {
  return {
    list: () =>
      requests.asks().map(({ record, caller }): LiveAsk => {
        const { id: requestId, client, model, queue, state } = record;
        return {
          ...{ requestId, client, model },
          caller: callerQueue(caller),
          name: callerLabel(caller),
          kind: caller.kind,
          pools: callerScope(caller).pools,
          isWaiting: state === 'waiting',
          ...(queue && { position: queue.position }),
          ...(queue?.etaMs !== undefined && { etaMs: queue.etaMs }),
        };
      }),
  };
}
