import type { RequestRecord } from '../../contract/activity.ts';
import type { Nodes, PoolHappening } from '../../gateway/nodes/nodes.ts';

interface AnswerEventDeps {
  readonly nodes: Pick<Nodes, 'happened'>;
  /** The pool that a machine serves, by its membership. */
  readonly poolOf: (machineId: string) => string | undefined;
}

/** A pool's list of events says what became of answers whose machine was lost. */
export function tellAnswerEvents(record: RequestRecord, deps: AnswerEventDeps): void {
  const { id: requestId, model, movedFrom = [], machine, route, error } = record;
  const wasLost = record.state === 'failed' && error?.reason === 'node-lost';
  if (movedFrom.length === 0 && !wasLost) return;
  const { nodes, poolOf } = deps;
  const poolId = record.poolId ?? firstPool(record, poolOf);
  if (poolId === undefined) return;
  const about = { poolId, requestId, model };
  const seams = seamsOf(route);
  movedFrom.forEach((from, index) => {
    const to = movedFrom[index + 1] ?? machine;
    const happening: PoolHappening = {
      ...about,
      kind: 'answer-moved',
      machine: from,
      ...(to !== undefined && { to }),
      ...seams[index],
    };
    nodes.happened(happening);
  });
  if (!wasLost) return;
  nodes.happened({
    ...about,
    kind: 'answer-lost',
    ...(machine !== undefined && { machine }),
    reason: error.message,
  });
}

/** Where the answer moved, in order: behind which token, and how long its caller waited. */
function seamsOf(route: RequestRecord['route']): Pick<PoolHappening, 'atToken' | 'pauseMs'>[] {
  let atToken = 0;
  return (route?.attempts ?? []).flatMap(({ tokens, pauseMs }) => {
    const seam = { atToken, pauseMs };
    atToken += tokens;
    // Others were asked too, and took none of it.
    return pauseMs === undefined ? [] : [seam];
  });
}

/** The owner asks no pool in particular: the machines that answered tell which it was. */
function firstPool(
  { route }: RequestRecord,
  poolOf: AnswerEventDeps['poolOf'],
): string | undefined {
  for (const { upstream } of route?.attempts ?? []) {
    const poolId = poolOf(upstream);
    if (poolId !== undefined) return poolId;
  }
  return undefined;
}
