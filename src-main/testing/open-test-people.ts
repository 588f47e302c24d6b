import { randomBytes } from 'node:crypto';
import type { PoolEvent } from '../contract/nodes.ts';
import { createApiKeys } from '../gateway/keys/api-keys.ts';
import type { ApiKeys } from '../gateway/keys/api-keys.ts';
import { createPeople } from '../gateway/people/create-people.ts';
import type { People } from '../gateway/people/create-people.ts';
import type { InviteWish } from '../gateway/people/invites.ts';
import type { PeopleStore, StoredPool } from '../gateway/people/ports.ts';
import { createSessions } from '../gateway/sessions/sessions.ts';
import type { Sessions } from '../gateway/sessions/sessions.ts';
import type { Enrolment, KnownMembership, MembershipGrant } from '../tunnel/ports.ts';
import { createFakeClock } from './fake-clock.ts';
import type { FakeClock } from './fake-clock.ts';
import { silentLogger } from './gateway-fixture.ts';
import { MemoryPeopleStore } from './memory-people.ts';
import { createMemoryStores } from './memory-stores.ts';

export const testOwnerId = '0190a000-0000-7000-8000-000000000001';
export const testPassword = 'correct horse battery';

export interface TestPeople {
  readonly people: People;
  readonly keys: ApiKeys;
  readonly sessions: Sessions;
  readonly clock: FakeClock;
  readonly store: PeopleStore;
  /** Everything that was told, in order. */
  readonly told: {
    readonly events: (PoolEvent & { readonly poolId: string })[];
    readonly changed: KnownMembership[];
    readonly ended: { readonly id: string; readonly reason: string; readonly message: string }[];
    keylessOff: number;
  };
  readonly startPool: (name?: string) => Promise<StoredPool>;
  /** An invite's secret. */
  readonly invite: (poolId: string, wish?: Partial<InviteWish>) => Promise<string>;
  /** Lets a device in by an invite made for it. */
  readonly join: (
    poolId: string,
    personName: string,
    wish?: Partial<InviteWish>,
  ) => Promise<MembershipGrant>;
}

interface TestPeopleOptions {
  readonly store?: PeopleStore;
  readonly ownerId?: string;
  readonly clock?: FakeClock;
  readonly turnKeylessOff?: () => Promise<void>;
}

/** Pools and people over memory, or over the store that is given; with keys and sessions. */
export async function openTestPeople(options: TestPeopleOptions = {}): Promise<TestPeople> {
  const ownerId = options.ownerId ?? testOwnerId;
  const clock = options.clock ?? createFakeClock();
  const owner = { id: ownerId, name: 'Olga', role: 'owner', createdAt: 1 } as const;
  const store = options.store ?? new MemoryPeopleStore(owner);
  const stores = createMemoryStores();
  const logger = silentLogger;
  const told: TestPeople['told'] = { events: [], changed: [], ended: [], keylessOff: 0 };
  const people: People = createPeople({
    ...{ store, clock, logger, ownerId },
    gatewayName: () => 'Mill',
    access: {
      revokeKeys: (of) => keys.revokeOfPool(of),
      endKeysOf: async (personId) => {
        for (const { id } of keys.list(personId)) await keys.revoke(personId, id);
      },
      closeSessions: (personId, kept) => sessions.closeAll(personId, kept),
    },
    turnKeylessOff: async () => {
      await options.turnKeylessOff?.();
      told.keylessOff += 1;
    },
  });
  const keys = createApiKeys({
    ...{ store: stores.keys, clock, logger },
    maySeePool: (personId, poolId) =>
      people.pools.listFor(personId).some(({ id }) => id === poolId),
  });
  const sessions = createSessions({
    ...{ store: stores.sessions, clock, logger },
    owner: { personId: ownerId, token: 'owner-token-of-this-start' },
  });
  people.news.onEvent((poolId, event) => told.events.push({ ...event, poolId }));
  people.news.onMembershipChanged((membership) => told.changed.push(membership));
  people.news.onMembershipEnded((id, { reason, message }) => {
    told.ended.push({ id, reason, message });
  });
  await people.load();

  const invite: TestPeople['invite'] = async (poolId, wish = {}) => {
    const { secret } = await people.invites.create(poolId, { ...anyInvite, by: ownerId, ...wish });
    return secret;
  };
  return {
    ...{ people, keys, sessions, clock, store, told, invite },
    startPool: (name = 'lab-one') => people.pools.start({ name, password: testPassword }),
    join: async (poolId, personName, wish) =>
      people.gate.enrol(enrolment(await invite(poolId, wish), personName)),
  };
}

const anyInvite = {
  rights: 'serve-and-ask',
  role: 'member',
  trust: 'trusted',
  models: [],
} as const satisfies Omit<InviteWish, 'by'>;

/** A device with a key of its own that shows an invite. */
export function enrolment(invite: string, personName = 'Ann'): Enrolment {
  const publicKey = new Uint8Array(randomBytes(32));
  return { invite, publicKey, deviceName: `${personName}'s laptop`, personName };
}
