import type { ControlHandlers } from '../../contract/control.ts';
import type { Pool, PoolOverview, Reach } from '../../contract/pools.ts';
import type { Member } from '../../contract/pool-people.ts';
import type { Nodes } from '../../gateway/nodes/nodes.ts';
import type { People } from '../../gateway/people/create-people.ts';
import type { MemberRecord } from '../../gateway/people/members.ts';
import type { StoredPool } from '../../gateway/people/ports.ts';
import type { InviteMessage } from '../pool/invite-message.ts';
import type { PublicAddress } from '../pool/public-address.ts';
import type { Invite } from '../../contract/pool-people.ts';
import { createMachineHandlers } from './machine-handlers.ts';

/** How others get to the pools that are held here. */
export interface PoolHosting {
  reach(): Reach;
  publicAddress(): PublicAddress | undefined;
  updateReach(change: {
    readonly ownAddress?: string | undefined;
    readonly mayMapPort?: boolean | undefined;
    readonly isAnnounced?: boolean | undefined;
    readonly lookAgain?: boolean | undefined;
  }): Promise<void>;
  /** The public port opens there the next time. */
  usePort(port: number): Promise<void>;
  /** Closes the public port where no pool is left behind it. */
  closeWhenEmpty(): Promise<void>;
  inviteMessage(invite: Invite, secret: string): InviteMessage;
}

export interface PoolHandlersDeps {
  readonly people: People;
  readonly nodes: Nodes;
  readonly hosting: PoolHosting;
  /** The gateway's own machine is called so by its settings. */
  readonly renameThisMachine: (name: string) => Promise<void>;
}

/** Pools held here: their people, invites and books. */
export function createPoolHandlers(deps: PoolHandlersDeps): ControlHandlers['pools'] {
  const { people, nodes, hosting } = deps;
  const view = (pool: StoredPool): Pool => viewOfPool(pool, deps);
  return {
    list: (_input, { personId }) => ({
      pools: people.pools.listFor(personId).map(view),
      reach: hosting.reach(),
      hasPassword: people.passwords.isSet(people.ownerId),
      knocks:
        personId === people.ownerId ? people.knocks.list().map((knock) => ({ ...knock })) : [],
    }),
    async start({ port, ...wish }) {
      if (port !== undefined) await hosting.usePort(port);
      try {
        return view(await people.pools.start(wish));
      } finally {
        await hosting.closeWhenEmpty();
      }
    },
    update: async ({ id, ...wish }) => view(await people.pools.update(id, wish)),
    async remove({ id }) {
      await people.pools.remove(id);
      await hosting.closeWhenEmpty();
      return {};
    },
    overview: ({ id }) => nodes.overview(id),
    async updateReach(change) {
      await hosting.updateReach(change);
      return hosting.reach();
    },
    async setPassword({ old, password }, { personId, sessionId }) {
      await people.passwords.set(personId, { old, password, keptSessionId: sessionId });
      return {};
    },
    ...inviteHandlers(deps),
    ...memberHandlers(deps),
    ledger: async ({ id, days }) => ({ lines: await nodes.ledger(id, days) }),
    ...createMachineHandlers(deps),
  };
}

function inviteHandlers({ people, hosting }: PoolHandlersDeps) {
  return {
    invites: ({ id }) => ({ invites: [...people.invites.list(id)] }),
    async createInvite({ id, ...wish }, { personId }) {
      const { invite, secret } = await people.invites.create(id, { ...wish, by: personId });
      return { invite, ...hosting.inviteMessage(invite, secret) };
    },
    async createInvites({ id, csv, ...terms }, { personId: by }) {
      const { invites, problems } = await people.inviteAll({ poolId: id, csv, terms, by });
      return {
        problems: [...problems],
        made: invites.map(({ name, invite, secret }) => ({
          ...{ name, invite, link: hosting.inviteMessage(invite, secret).link },
        })),
      };
    },
    async revokeInvite({ id }) {
      await people.invites.revoke(id);
      return {};
    },
    async answerKnock({ id, ...answer }) {
      await people.knocks.answer(id, answer);
      return {};
    },
  } satisfies Partial<ControlHandlers['pools']>;
}

function memberHandlers({ people, nodes }: PoolHandlersDeps) {
  const view = (poolId: string, member: MemberRecord): Member =>
    viewOfMember(member, { poolId, nodes });
  return {
    members: ({ id }) => ({ members: people.members.list(id).map((each) => view(id, each)) }),
    updateMember: async ({ id, personId, ...wish }, context) =>
      view(id, await people.members.update(id, personId, { ...wish, by: context.personId })),
    async removeMember({ id, personId }, context) {
      await people.members.remove(id, personId, { by: context.personId });
      return {};
    },
  } satisfies Partial<ControlHandlers['pools']>;
}

function viewOfPool(pool: StoredPool, { people, nodes }: PoolHandlersDeps): Pool {
  const { id, name, createdAt, isIsolated, strategy, contributorsFirst } = pool;
  return {
    ...{ id, name, createdAt, isIsolated, strategy, contributorsFirst },
    ...nodes.counts(id),
    members: people.members.list(id).length,
  };
}

function viewOfMember(
  { models, devices, ...member }: MemberRecord,
  { poolId, nodes }: { readonly poolId: string; readonly nodes: Nodes },
): Member {
  return {
    ...member,
    ...(models && { models: [...models] }),
    devices: [
      ...ownMachineOf(member.personId, nodes.overview(poolId)),
      ...devices
        .filter(({ revokedAt }) => revokedAt === undefined)
        .map(({ id, name, mayServe, mayAsk, lastSeenAt }) => ({
          ...{ id, name, mayServe, mayAsk },
          isOnline: nodes.isOnline(id),
          ...(lastSeenAt !== undefined && { lastSeenAt }),
        })),
    ],
    ...nodes.totals(poolId, member.personId),
  };
}

/** The gateway's own machine belongs to its owner, though nobody joined with it. */
function ownMachineOf(personId: string, { machines }: PoolOverview): Member['devices'] {
  return machines
    .filter((machine) => machine.isThisMachine && machine.personId === personId)
    .map(({ id, name }) => ({ id, name, isOnline: true, mayServe: true, mayAsk: true }));
}
