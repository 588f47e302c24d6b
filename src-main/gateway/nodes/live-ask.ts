import type { RequestRecord } from '../../contract/activity.ts';
import { type Caller, callerLabel, callerQueue, callerScope } from '../caller.ts';
import type { LiveAsk } from './ports.ts';

/** A running request as the topology shows who asks. */
export function liveAskOf(record: RequestRecord, caller: Caller): LiveAsk {
  const { queue } = record;
  return {
    requestId: record.id,
    caller: callerQueue(caller),
    name: callerLabel(caller),
    kind: caller.kind,
    client: record.client,
    model: record.model,
    pools: callerScope(caller).pools,
    isWaiting: record.state !== 'answering',
    ...(queue && { position: queue.position }),
    ...(queue?.etaMs !== undefined && { etaMs: queue.etaMs }),
  };
}
