import { describe, expect, test } from 'vitest';
import type { Membership, Pool } from '../../api.ts';
import { placeOf, placesOf } from './places.ts';
import { heldTabs, joinedTabs, tabsFor } from './pool-tabs.ts';

const pool: Pool = {
  id: 'p1',
  name: 'Reed Street',
  createdAt: 0,
  isIsolated: false,
  strategy: 'expected-time',
  contributorsFirst: false,
  machines: 1,
  machinesOnline: 1,
  members: 1,
};

const membership: Membership = {
  id: 'm1',
  poolId: 'p9',
  poolName: 'Attic',
  gatewayName: 'attic-4090',
  personName: 'Mara',
  role: 'member',
  trust: 'trusted',
  mayServe: true,
  mayAsk: true,
  isSharing: true,
  offersPools: false,
  link: { phase: 'connecting', since: 0 },
  joinedAt: 0,
  machinesOnline: 0,
  models: [],
  readers: [],
  addresses: [],
};

describe('the places of the Pool page', () => {
  const places = placesOf([pool], [membership]);

  test('are the pools held here, then the joined ones', () => {
    expect(places.map(({ kind, id }) => `${kind} ${id}`)).toEqual(['held p1', 'joined m1']);
  });

  test('an address names one; without a name it is the first', () => {
    expect(placeOf(places, 'm1')?.name).toBe('Attic');
    expect(placeOf(places, undefined)?.name).toBe('Reed Street');
  });

  test('a pool that is gone leads to the first one, and a further one to the start', () => {
    expect(placeOf(places, 'gone')?.id).toBe('p1');
    expect(placeOf(places, 'new')).toBeUndefined();
    expect(placeOf([], undefined)).toBeUndefined();
  });
});

describe('the views of a pool', () => {
  const names = (role: 'owner' | 'admin' | 'member') =>
    tabsFor(heldTabs, role).map(({ name }) => name);

  test('the owner has them all; members see nothing that belongs to the owner', () => {
    expect(names('owner')).toEqual(heldTabs.map(({ name }) => name));
    expect(names('admin')).toContain('invites');
    expect(names('admin')).not.toContain('address');
    expect(names('member')).not.toContain('invites');
  });

  test('a joined pool shows how the link stands first', () => {
    expect(joinedTabs[0]?.name).toBe('pool');
  });
});
