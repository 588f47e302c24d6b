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
import { fetchPictures } from '../gateway/media/fetch-pictures.ts';
import { createMetrics } from '../gateway/metrics.ts';
import { createPeople } from '../gateway/people/create-people.ts';
import type { Nodes } from '../gateway/nodes/nodes.ts';
import type { People } from '../gateway/people/create-people.ts';
import type { PipelineStage } from '../gateway/pipeline/pipeline.ts';
import type { UpstreamDirectory } from '../gateway/ports.ts';
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
  const responses = createResponses({ store: stores.responses, clock, logger });
  const late: Late = {};
  const records = await keepRecords({
    ...{ deps, logger, people, publish: hub.publish },
    late: () => late,
  });
  const { metrics, requests, writer, watch } = records;
  const { providers, prices } = await openProviders({ deps, logger, publish: hub.publish });
  const routing = await buildRouting({
    ...{ deps, people, requests, logger },
    providers: providers.directory,
    creditMicros: (answer) => prices.creditMicros(answer),
    onUpstreamFailed: metrics.upstreamFailed,
  });
  const { nodes, router } = routing;
  providers.connectCircuits(router.circuits);
  const { aliases, limits, modelLimits, administration } = await buildGovernance({
    ...{ deps, logger, keys, people, prices, publish: hub.publish },
    directory: routing.directory,
    onNotice: (notice) => {
      watch.budget(notice);
    },
  });
  const { directory } = aliases;
  Object.assign(late, { directory, nodes, prices, router });
  return {
    ...{ clock, directory, logger, metrics, hub, writer, requests, records },
    responses,
    ...{ keys, sessions, people, nodes, audit, auditLog },
    usage: createUsage({
      store: stores.usage,
      names: usageNames({ keys, people }),
      pending: () => writer.waiting(),
    }),
    ...{ providers, prices, aliases, limits, modelLimits, administration },
    async close() {
      await records.close();
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
      perModel: [limits.modelStage, ...picturesFor(deps, directory)],
      queueWeight: (poolId, personId) =>
        people.pools.find(poolId)?.contributorsFirst === true
          ? nodes.queueWeight(poolId, personId)
          : 1,
    }),
  };
}

export type GatewayParts = Awaited<ReturnType<typeof createParts>>;
