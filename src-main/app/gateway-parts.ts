import { people as peopleContract } from '../contract/people.ts';
import { newId } from '../core/identity.ts';
import { answerCache } from '../gateway/answer-cache/answer-cache.ts';
import { idempotency } from '../gateway/answer-cache/idempotency.ts';
import { createInferenceGateway } from '../gateway/inference-gateway.ts';
import type { InferCall } from '../gateway/inference-gateway.ts';
import type { Limits } from '../gateway/limits/create-limits.ts';
import { createLiveHub } from '../gateway/live/live-hub.ts';
import type { LiveHub } from '../gateway/live/live-hub.ts';
import { fetchPictures } from '../gateway/media/fetch-pictures.ts';
import type { ApiKeys } from '../gateway/keys/api-keys.ts';
import type { LimitSubject } from '../gateway/limits/ports.ts';
import type { People } from '../gateway/people/create-people.ts';
import type { PipelineStage } from '../gateway/pipeline/pipeline.ts';
import type { UpstreamDirectory } from '../gateway/ports.ts';
import { createResponses } from '../gateway/responses/responses.ts';
import { createUsage } from '../gateway/usage/usage.ts';
import type { GatewayDeps } from './gateway-deps.ts';
import { createAccounts } from './gateway-accounts.ts';
import { keepRecords } from './gateway-records.ts';
import type { Records, Standing } from './gateway-records.ts';
import { buildRouting } from './pool/build-routing.ts';
import { usageNames } from './team/usage-names.ts';
import { buildGovernance } from './team/build-governance.ts';
import { openAudit } from './team/open-audit.ts';
import { openProviders } from './team/open-providers.ts';

/** Everything behind the HTTP side, wired but idle. What was stored has been read. */
export async function createParts(deps: GatewayDeps) {
  const { clock, stores } = deps;
  const logger = deps.logger.child({ component: 'gateway' });
  const hub = createLiveHub({ epoch: newId() });
  const responses = createResponses({ store: stores.responses, clock, logger });
  const { keys, sessions, people, signIn } = createAccounts(deps, logger, responses);
  await Promise.all([keys.load(), sessions.load(), people.load()]);
  tellPeople(people, hub);
  const { auditLog, audit } = openAudit({
    ...{ deps, logger, keys, people, sessions },
    providerName: (id) => providers.list().find((provider) => provider.id === id)?.name,
  });
  const stands: { now?: Standing } = {};
  const standing = (): Standing => {
    if (stands.now === undefined) throw new Error('no request comes before the gateway stands');
    return stands.now;
  };
  const { publish } = hub;
  const records = await keepRecords({ deps, logger, people, publish, standing });
  const { metrics, requests, writer, watch } = records;
  const { providers, prices } = await openProviders({ deps, logger, publish });
  const routing = await buildRouting({
    ...{ deps, people, requests, logger },
    providers: providers.directory,
    creditMicros: (answer) => prices.creditMicros(answer),
    onUpstreamFailed: metrics.upstreamFailed,
  });
  const { nodes, router } = routing;
  providers.connectCircuits(router.circuits);
  const { aliases, limits, modelLimits, administration } = await buildGovernance({
    ...{ deps, logger, keys, people, prices, publish },
    directory: routing.directory,
    onNotice: (notice) => {
      watch.watch.budget(notice, nameOfSubject(notice.subject, { keys, people }));
    },
  });
  const { directory } = aliases;
  stands.now = { directory, nodes, prices, router };
  return {
    ...{ clock, directory, logger, metrics, hub, writer, requests, records },
    ...{ responses, keys, sessions, signIn, people, nodes, audit, auditLog },
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
      await records.close();
    },
    routerLoad: () => router.load(),
    infer: inferOver(deps, { directory, router, requests, metrics, limits, people, nodes }),
  };
}

export type GatewayParts = Awaited<ReturnType<typeof createParts>>;

/** Says no more than that the list of people is worth asking for again. */
function tellPeople(people: People, hub: LiveHub): void {
  people.onChanged(() => {
    hub.publish(peopleContract.onChanged.topic, {});
  });
}

type Inferring = Pick<Records, 'requests' | 'metrics'> &
  Pick<Standing, 'directory' | 'router' | 'nodes'> & {
    readonly limits: Limits;
    readonly people: People;
  };

/** The pipeline with everything that stands between a name and its answer. */
function inferOver(deps: GatewayDeps, parts: Inferring): InferCall {
  const { clock, preferences } = deps;
  const { limits, people, nodes } = parts;
  return createInferenceGateway({
    ...{ ...parts, clock },
    admission: [
      idempotency(clock),
      answerCache({ clock, preferences: () => preferences().answerCache }),
      limits.stage,
    ],
    perModel: [limits.modelStage, ...picturesFor(deps, parts.directory)],
    queueWeight: (poolId, personId) =>
      people.pools.find(poolId)?.contributorsFirst === true
        ? nodes.queueWeight(poolId, personId)
        : 1,
  });
}

/** What the key, person or model is called whose budget it is. */
function nameOfSubject(
  { kind, id }: LimitSubject,
  { keys, people }: { readonly keys: ApiKeys; readonly people: People },
): string {
  switch (kind) {
    case 'key':
      return keys.get(id)?.name ?? id;
    case 'person':
      return people.nameOf(id) ?? id;
    case 'model':
      return id;
  }
}

/** Nobody is asked for pictures where no way out was handed in. */
function picturesFor(
  { outside: { pictures: http }, preferences, clock }: GatewayDeps,
  directory: UpstreamDirectory,
): readonly PipelineStage[] {
  if (http === undefined) return [];
  const isAllowed = (): boolean => preferences().fetchPictures === true;
  return [fetchPictures({ http, directory, isAllowed, clock })];
}
