import { activity } from '../contract/activity.ts';
import type { RequestRecord } from '../contract/activity.ts';
import { createLiveRequests } from '../gateway/activity/live-requests.ts';
import type { LiveRequests } from '../gateway/activity/live-requests.ts';
import { createLogWriter } from '../gateway/activity/log-writer.ts';
import type { LogWriter } from '../gateway/activity/log-writer.ts';
import { createMetrics } from '../gateway/metrics.ts';
import type { GatewayMetrics } from '../gateway/metrics.ts';
import type { Nodes } from '../gateway/nodes/nodes.ts';
import { offeredModel } from '../gateway/offered-model.ts';
import type { People } from '../gateway/people/create-people.ts';
import type { UpstreamDirectory } from '../gateway/ports.ts';
import type { Router } from '../gateway/routing/router.ts';
import { createSettlement } from '../gateway/usage/settlement.ts';
import type { PriceBook } from '../gateway/usage/prices/price-book.ts';
import type { Logger } from '../platform/logger.ts';
import { createSpoolFolder } from '../platform/spool-folder.ts';
import type { GatewayDeps } from './gateway-deps.ts';
import { tellAnswerEvents } from './pool/answer-events.ts';
import { buildWatch } from './team/build-watch.ts';
import type { BuiltWatch } from './team/build-watch.ts';

/** What stands only after requests can be recorded, and is asked of no earlier than the first request. */
export interface Standing {
  readonly directory: UpstreamDirectory;
  readonly nodes: Nodes;
  readonly router: Router;
  readonly prices: PriceBook;
}

interface RecordsDeps {
  readonly deps: GatewayDeps;
  readonly logger: Logger;
  readonly people: People;
  readonly standing: () => Standing;
  /** Tells every open tab. */
  readonly publish: (topic: string, data: unknown) => void;
}

/** Everything that is written down about requests: live, in the log, in figures, for alerts. */
export interface Records {
  readonly requests: LiveRequests;
  readonly writer: LogWriter;
  readonly metrics: GatewayMetrics;
  readonly watch: BuiltWatch;
  /** Calls back whenever a request begins, goes on or ends. */
  onRequest(listener: () => void): void;
  /** Writes what is left. Called when nothing runs any more. */
  close(): Promise<void>;
}

/** What waits for a store that takes nothing, at most. */
const maxSpoolBytes = 512 * 1024 * 1024;

export async function keepRecords(records: RecordsDeps): Promise<Records> {
  const { deps, logger, people, standing, publish } = records;
  const { clock, stores, spoolFolder } = deps;
  const metrics = createMetrics();
  const watch = await watchRequests(records);
  const writer = createLogWriter({
    ...{ store: stores.requestLog, clock, logger, onDropped: metrics.logDropped },
    onTrouble: watch.watch.store,
    ...(spoolFolder !== undefined && {
      spool: createSpoolFolder({ folder: spoolFolder, maxBytes: maxSpoolBytes }),
    }),
  });
  const listeners = new Set<() => void>();
  const told = (): void => {
    for (const listener of listeners) listener();
  };
  const requests = createLiveRequests({
    clock,
    isReady: (name, scope) => {
      const { directory } = standing();
      const id = directory.resolve(name, scope)?.id;
      return (id === undefined ? undefined : offeredModel(directory, id, scope))?.isReady ?? true;
    },
    onChanged: (request) => {
      publish(activity.onChanged.topic, { request });
      told();
    },
    settle: settlementOver(standing),
    onEnded: (record, _caller, measures) => {
      writer.add(record);
      metrics.ended(record, measures);
      watch.watch.ended(record);
      watch.telemetry.ended(record);
      const poolOf = (id: string): string | undefined => people.devices.find(id)?.poolId;
      tellAnswerEvents(record, { nodes: standing().nodes, poolOf });
      told();
    },
  });
  watchFigures({ metrics, requests, writer }, records);
  return {
    ...{ requests, writer, metrics, watch },
    onRequest: (listener) => void listeners.add(listener),
    async close() {
      await writer.close();
      await watch.close();
    },
  };
}

/** What a request cost, and what the owners of machines earned by it. */
function settlementOver(standing: () => Standing): ReturnType<typeof createSettlement> {
  return createSettlement({
    prices: { costMicros: (answer) => standing().prices.costMicros(answer) },
    credit: (record: RequestRecord) => standing().nodes.ended(record, record.keyId),
  });
}

function watchRequests({
  deps,
  logger,
  people,
  standing,
  publish,
}: RecordsDeps): Promise<BuiltWatch> {
  const { clock, outside, stores, version, pool, preferences } = deps;
  return buildWatch({
    ...{ clock, logger, version, publish, outgoing: outside.outgoing, store: stores.alerts },
    secrets: outside.secrets,
    gatewayName: pool.gatewayName,
    telemetryEndpoint: () => preferences().telemetryEndpoint ?? '',
    environment: outside.environment,
    sources: {
      machines: () =>
        people.pools.list().flatMap(({ id }) =>
          people.devices
            .ofPool(id)
            .filter(({ mayServe }) => mayServe)
            .map(({ membershipId, name }) => ({
              ...{ id: membershipId, name },
              isOnline: standing().nodes.isOnline(membershipId),
            })),
        ),
      circuits: () =>
        standing()
          .router.circuits.states()
          .map(({ upstreamId, model, reason }) => ({
            ...{ upstream: upstreamId, name: `${model} at ${upstreamId}`, reason },
          })),
    },
  });
}

/** Figures that are looked at when somebody asks for them. */
function watchFigures(
  { metrics, requests, writer }: Pick<Records, 'metrics' | 'requests' | 'writer'>,
  { people, standing }: RecordsDeps,
): void {
  metrics.watch({
    running: () => requests.running().length,
    queued: () => standing().router.load().waiting,
    logWaiting: () => writer.waiting(),
    nodes: () => countMachines(people, standing().nodes),
    breakers: () =>
      standing()
        .router.circuits.states()
        .map(({ upstreamId, phase }) => ({ upstream: upstreamId, state: phase })),
  });
}

function countMachines(
  people: People,
  nodes: Nodes,
): { readonly online: number; readonly offline: number } {
  let [online, all] = [0, 0];
  for (const { id } of people.pools.list()) {
    const { machines, machinesOnline } = nodes.counts(id);
    online += machinesOnline;
    all += machines;
  }
  return { online, offline: all - online };
}
