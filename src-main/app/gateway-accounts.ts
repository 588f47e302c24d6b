import { createApiKeys } from '../gateway/keys/api-keys.ts';
import { createPeople } from '../gateway/people/create-people.ts';
import type { People } from '../gateway/people/create-people.ts';
import type { Responses } from '../gateway/responses/responses.ts';
import { createSessions } from '../gateway/sessions/sessions.ts';
import { createSignIn } from '../gateway/sessions/sign-in.ts';
import type { Logger } from '../platform/logger.ts';
import type { GatewayDeps } from './gateway-deps.ts';

/** Who may come in: keys, sessions and the people behind them need each other. */
export function createAccounts(
  { stores, clock, owner, pool }: GatewayDeps,
  logger: Logger,
  responses: Pick<Responses, 'forgetPerson'>,
) {
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
        await responses.forgetPerson(personId);
      },
      closeSessions: (personId, kept) => sessions.closeAll(personId, kept),
    },
    turnKeylessOff: pool.beforeFirstPool,
  });
  const signIn = createSignIn({
    ...{ people, sessions, clock, logger },
    gatewayName: pool.gatewayName,
    isHeadless: pool.isHeadless,
  });
  return { keys, sessions, people, signIn };
}
