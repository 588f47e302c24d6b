import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import type { TunnelGate } from '../../tunnel/ports.ts';
import { Passwords } from './account-passwords.ts';
import { AccountRanks } from './account-ranks.ts';
import { Accounts } from './accounts.ts';
import { Arrivals } from './arrivals.ts';
import { Devices } from './devices.ts';
import { inviteAll } from './invite-list.ts';
import type { InvitedAll, InviteList } from './invite-list.ts';
import { Invites } from './invites.ts';
import { Knocks } from './knocks.ts';
import { Members } from './members.ts';
import { PeopleAnnouncer } from './people-news.ts';
import type { PeopleNews } from './people-news.ts';
import type { Access, PeopleParts } from './people-parts.ts';
import { PeopleState } from './people-state.ts';
import { Permissions } from './permissions.ts';
import { Pools } from './pools.ts';
import type { PeopleStore, StoredPerson } from './ports.ts';
import { noPool } from './refusals.ts';
import { Ranks } from './ranks.ts';
import { Scopes } from './scopes.ts';
import type { JoinedPools } from './scopes.ts';
import { Turns } from './turns.ts';

/** What the tunnel's server asks about people. */
export type PeopleGate = Pick<
  TunnelGate,
  'enrol' | 'knock' | 'membership' | 'epochUsed' | 'greeting'
>;

/**
 * Pools and people of this gateway.
 *
 * A **person** owns devices, API keys and sessions. A **pool** has members, machines and models. A
 * **device** has a key pair for each pool that it is in; on the device that is called its membership.
 * An **invite** makes a member, a device, or both. All of it lives in one snapshot in memory
 * (`PeopleState`): requests and connections read nothing else. A change that lets somebody in or gives
 * them more is written first and then in force; a change that ends something is in force first and then
 * written, so that nobody stays in because a disk is slow. Secrets leave `create` once and are kept as
 * hashes: invites and keys of 128 bits and more by SHA-256, passwords by scrypt.
 */
export interface People {
  /** Fills the snapshot. Called once, before anything else. */
  load(): Promise<void>;
  readonly accounts: Accounts;
  readonly pools: Pools;
  readonly members: Members;
  readonly devices: Devices;
  readonly invites: Invites;
  /** All of a list, or none. */
  inviteAll(list: InviteList): Promise<InvitedAll>;
  readonly knocks: Knocks;
  readonly passwords: Passwords;
  readonly scopes: Scopes;
  readonly permissions: Permissions;
  readonly news: PeopleNews;
  readonly gate: PeopleGate;
  readonly ownerId: string;
  /** Undefined once they were removed. */
  person(id: string): StoredPerson | undefined;
  /** Also of somebody who was removed: books and logs name them. */
  nameOf(id: string): string | undefined;
  /** Any of it changed: lists are asked for again. */
  onChanged(listener: () => void): () => void;
}

export interface PeopleDeps {
  readonly store: PeopleStore;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The person this installation belongs to. */
  readonly ownerId: string;
  /** As others see this gateway; asked each time. */
  readonly gatewayName: () => string;
  readonly access: Access;
  /** Absent: none. */
  readonly joinedPools?: JoinedPools;
  /** Tools of this machine need a key from the first pool on. */
  readonly turnKeylessOff: () => Promise<void>;
}

const inNoOtherPool: JoinedPools = { ids: () => [], onChanged: () => () => {} };

export function createPeople(deps: PeopleDeps): People {
  const { store, clock, ownerId, gatewayName, access, turnKeylessOff } = deps;
  const state = new PeopleState();
  const news = new PeopleAnnouncer();
  const logger = deps.logger.child({ component: 'people' });
  const turns = new Turns();
  const parts: PeopleParts = { state, store, turns, news, clock, logger, ownerId, gatewayName };
  const scopes = new Scopes(state, deps.joinedPools ?? inNoOtherPool);
  const ranks = new Ranks(scopes);
  const devices = new Devices(parts);
  const arrivals = new Arrivals(parts, devices);
  const passwords = new Passwords(parts, access);
  const invites = new Invites(parts, arrivals, ranks);
  const knocks = new Knocks(parts, arrivals);
  const members = new Members({ parts, devices, ranks, access });
  return {
    async load() {
      state.fill(await store.load());
    },
    pools: new Pools({ parts, devices, passwords, access, turnKeylessOff }),
    accounts: new Accounts({
      ...{ parts, members, invites, passwords, access },
      ranks: new AccountRanks(scopes),
    }),
    ...{ members, devices, invites, knocks, passwords, scopes, news, ownerId },
    inviteAll: (list) => inviteAll({ invites, clock }, list),
    permissions: new Permissions(state, scopes),
    person: (id) => state.person(id),
    nameOf: (id) => state.personEver(id)?.name,
    onChanged: (listener) => state.onChanged(listener),
    gate: {
      enrol: (enrolment) => invites.redeem(enrolment),
      knock: (knock, words, signal) => knocks.wait(knock, words, signal),
      membership: (id) => devices.connectable(id),
      epochUsed: (id, epoch) => {
        devices.epochUsed(id, epoch);
      },
      greeting() {
        const pool = state.livingPools()[0];
        if (pool === undefined) throw noPool();
        return { poolName: pool.name, ownerName: state.person(ownerId)?.name ?? '' };
      },
    },
  };
}
