import type { NodesPeople, PoolDevice } from '../../gateway/nodes/ports.ts';
import type { People } from '../../gateway/people/create-people.ts';
import type { KnownMembership } from '../../tunnel/ports.ts';

/** People as the machines of pools need them. */
export function createNodesPeople(people: People): NodesPeople {
  const { pools, members, devices, news } = people;
  const named = (membership: KnownMembership): PoolDevice => {
    const { membershipId: id, poolId, personId } = membership;
    const stored = devices.ofPerson(poolId, personId).find((device) => device.id === id);
    const lastSeenAt = stored?.lastSeenAt;
    return {
      ...membership,
      name: stored?.name ?? '',
      ...(lastSeenAt !== undefined && { lastSeenAt }),
    };
  };
  return {
    pools: () => pools.list(),
    device(id) {
      const membership = devices.find(id);
      return membership && named(membership);
    },
    devices: (poolId) => devices.ofPool(poolId).map(named),
    nameOf: (personId) => people.person(personId)?.name ?? '',
    modelsOf: (personId, poolId) => members.find(poolId, personId)?.models,
    seen: (id) => {
      devices.seen(id);
    },
    onChanged: (listener) => people.onChanged(listener),
    onMembershipChanged: (listener) => news.onMembershipChanged(listener),
    onMembershipEnded: (listener) => news.onMembershipEnded(listener),
  };
}
