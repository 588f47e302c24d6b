import type { Membership, Pool } from '../../api.ts';

/** Something that the Pool page can show. */
export type Place =
  /** A pool that this gateway holds. */
  | { readonly kind: 'held'; readonly id: string; readonly name: string; readonly pool: Pool }
  /** A pool that this app has joined. */
  | {
      readonly kind: 'joined';
      readonly id: string;
      readonly name: string;
      readonly membership: Membership;
    };

export type HeldPlace = Extract<Place, { kind: 'held' }>;
export type JoinedPlace = Extract<Place, { kind: 'joined' }>;

/** The word in the address for starting or joining a further pool. */
export const newPlace = 'new';

/** Held pools first, then joined ones, each in the order in which they came. */
export function placesOf(
  pools: readonly Pool[],
  memberships: readonly Membership[],
): readonly Place[] {
  return [
    ...pools.map((pool) => ({ kind: 'held' as const, id: pool.id, name: pool.name, pool })),
    ...memberships.map((membership) => ({
      kind: 'joined' as const,
      id: membership.id,
      name: membership.poolName,
      membership,
    })),
  ];
}

/**
 * The place that an address names. Undefined shows how one begins: nobody is in a pool, or a further
 * one is wanted. An address of a pool that is gone leads to the first one.
 */
export function placeOf(places: readonly Place[], wanted: string | undefined): Place | undefined {
  if (wanted === newPlace) return undefined;
  return places.find(({ id }) => id === wanted) ?? places[0];
}
