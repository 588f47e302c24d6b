import { activity } from '../contract/activity.ts';
import { people as peopleContract } from '../contract/people.ts';
import { newId } from '../core/identity.ts';
import { createLiveRequests } from '../gateway/activity/live-requests.ts';
import { createLogWriter } from '../gateway/activity/log-writer.ts';
import { answerCache } from '../gateway/answer-cache/answer-cache.ts';
import { idempotency } from '../gateway/answer-cache/idempotency.ts';
import { createInferenceGateway } from '../gateway/inference-gateway.ts';
import { createApiKeys } from '../gateway/keys/api-keys.ts';
import { createLiveHub } from '../gateway/live/live-hub.ts';
import { createMetrics } from '../gateway/metrics.ts';
import { createPeople } from '../gateway/people/create-people.ts';
import type { Nodes } from '../gateway/nodes/nodes.ts';
import type { People } from '../gateway/people/create-people.ts';
import { createResponses } from '../gateway/responses/responses.ts';
import { createSessions } from '../gateway/sessions/sessions.ts';
import { createSignIn } from '../gateway/sessions/sign-in.ts';
import { createSettlement } from '../gateway/usage/settlement.ts';
import { createUsage } from '../gateway/usage/usage.ts';
import type { Logger } from '../platform/logger.ts';
import type { GatewayDeps } from './build-gateway.ts';
import { tellAnswerEvents } from './pool/answer-events.ts';
import { buildRouting } from './pool/build-routing.ts';
import { usageNames } from './team/usage-names.ts';
import { buildGovernance } from './team/build-governance.ts';
import { openAudit } from './team/open-audit.ts';
import { openProviders } from './team/open-providers.ts';

/** Everything behind the HTTP side, wired but idle. What was stored has been read. */
export async function createParts(deps: GatewayDeps) {
  const { clock, stores, pool } = deps;
  const logger = deps.logger.child({ component: 'gateway' });
  const metrics = createMetrics();
  const hub = createLiveHub({ epoch: newId() });
  const { keys, sessions, people } = createAccounts(deps, logger);
  await Promise.all([keys.load(), sessions.load(), people.load()]);
  people.onChanged(() => {
    hub.publish(peopleContract.onChanged.topic, {});
  });
  const { auditLog, audit } = openAudit({
    ...{ deps, logger, keys, people, sessions },
    providerName: (id) => providers.list().find((provider) => provider.id === id)?.name,
  });
  const writer = createLogWriter({
    store: stores.requestLog,
    clock,
    logger,
    onDropped: metrics.logDropped,
  });
  const responses = createResponses({ store: stores.responses, clock, logger });
  const requestListeners = new Set<() => void>();
  const told = (): void => {
    for (const listener of requestListeners) listener();
  };
  const requests = createLiveRequests({
    clock,
    isReady: (name, scope) => {
      const id = directory.resolve(name, scope)?.id;
      return directory.models(scope).find((model) => model.id === id)?.isReady ?? true;
    },
    onChanged: (request) => {
      hub.publish(activity.onChanged.topic, { request });
      told();
    },
    settle: (record) => settle(record),
    onEnded: (record, _caller, measures) => {
      writer.add(record);
      metrics.ended(record, measures);
      tellAnswerEvents(record, { nodes, poolOf: (id) => people.devices.find(id)?.poolId });
      told();
    },
  });
  const { providers, prices } = await openProviders({ deps, logger, publish: hub.publish });
  const settle = createSettlement({
    prices,
    credit: (record) => nodes.ended(record, record.keyId),
  });
  const routing = await buildRouting({
    ...{ deps, people, requests, logger },
    providers: providers.directory,
    creditMicros: (answer) => prices.creditMicros(answer),
    onUpstreamFailed: metrics.upstreamFailed,
  });
  const { nodes, router } = routing;
  providers.connectCircuits(router.circuits);
  metrics.watch({
    running: () => requests.running().length,
    queued: () => router.load().waiting,
    logWaiting: () => writer.waiting(),
    nodes: () => countMachines({ people, nodes }),
    breakers: () =>
      router.circuits
        .states()
        .map(({ upstreamId, phase }) => ({ upstream: upstreamId, state: phase })),
  });
  const { aliases, limits, modelLimits, administration } = await buildGovernance({
    ...{ deps, logger, keys, people, prices, publish: hub.publish },
    directory: routing.directory,
    onNotice: () => {},
  });
  const { directory } = aliases;
  return {
    ...{ clock, directory, logger, metrics, hub, writer, requests, requestListeners },
    responses,
    ...{ keys, sessions, people, nodes, audit, auditLog },
    usage: createUsage({
      store: stores.usage,
      names: usageNames({ keys, people }),
      pending: () => writer.waiting(),
    }),
    ...{ providers, prices, aliases, limits, modelLimits, administration },
    async close() {
      await routing.close();
      await limits.close();
      await providers.dispose();
      await auditLog.close();
      await responses.close();
    },
    routerLoad: () => router.load(),
    signIn: createSignIn({
      ...{ people, sessions, clock, logger },
      gatewayName: pool.gatewayName,
      isHeadless: pool.isHeadless,
    }),
    infer: createInferenceGateway({
      ...{ directory, router, requests, metrics, clock },
      admission: [
        idempotency(clock),
        answerCache({ clock, preferences: () => deps.preferences().answerCache }),
        limits.stage,
      ],
      perModel: [limits.modelStage],
      queueWeight: (poolId, personId) =>
        people.pools.find(poolId)?.contributorsFirst === true
          ? nodes.queueWeight(poolId, personId)
          : 1,
    }),
  };
}

export type GatewayParts = Awaited<ReturnType<typeof createParts>>;

/** Who may come in: keys, sessions and the people behind them need each other. */
function createAccounts({ stores, clock, owner, pool }: GatewayDeps, logger: Logger) {
  const keys = createApiKeys({
    ...{ store: stores.keys, clock, logger },
    maySeePool: (personId, poolId) =>
      people.pools.listFor(personId).some(({ id }) => id === poolId),
  });
  const sessions = createSessions({ store: stores.sessions, clock, logger, owner });
  const people: People = createPeople({
    ...{ store: stores.people, clock, logger, ownerId: owner.personId },
    gatewayName: pool.gatewayName,
    joinedPools: pool.joinedPools,
    access: {
      revokeKeys: (of) => keys.revokeOfPool(of),
      endKeysOf: async (personId) => {
        for (const { id } of keys.list(personId)) await keys.revoke(personId, id);
      },
      closeSessions: (personId, kept) => sessions.closeAll(personId, kept),
    },
    turnKeylessOff: pool.beforeFirstPool,
  });
  return { keys, sessions, people };
}

function countMachines({ people, nodes }: { readonly people: People; readonly nodes: Nodes }): {
  readonly online: number;
  readonly offline: number;
} {
  let [online, all] = [0, 0];
  for (const { id } of people.pools.list()) {
    const { machines, machinesOnline } = nodes.counts(id);
    online += machinesOnline;
    all += machines;
  }
  return { online, offline: all - online };
}
