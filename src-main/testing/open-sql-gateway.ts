import { createApiKeyStore } from '../storage/gateway-stores.ts';
import {
  createLimitRateStore,
  createModelLimitStore,
  createQuotaStore,
} from '../storage/limit-stores.ts';
import { createPeopleStore } from '../storage/people-store.ts';
import type { InferenceBackend } from '../core/inference.ts';
import type { GatewayDeps } from '../app/gateway-deps.ts';
import { ownerToken, startGateway } from './gateway-fixture.ts';
import type { GatewayFixture } from './gateway-fixture.ts';
import { createMemoryStores } from './memory-stores.ts';
import type { TestDatabase } from './open-test-database.ts';

/** A gateway whose keys, people and limits lie in a real database, which outlives it. */
export function startSqlGateway(
  { database, ownerId }: TestDatabase,
  backend: InferenceBackend,
  changes: Partial<GatewayDeps> = {},
): Promise<GatewayFixture> {
  return startGateway(backend, {
    owner: { personId: ownerId, token: ownerToken },
    stores: {
      ...createMemoryStores(),
      keys: createApiKeyStore(database),
      people: createPeopleStore(database),
      limits: {
        quotas: createQuotaStore(database),
        rates: createLimitRateStore(database),
        models: createModelLimitStore(database),
      },
    },
    ...changes,
  });
}
