import { create } from 'zustand';
import { MillpondError } from '../../src-main/core/error.ts';
import { api, events, onResync } from '../api.ts';
import type { JoinRequest, Membership, NearbyPool } from '../api.ts';

interface MembershipsState {
  /** Pools that this app has joined; undefined until the first answer. */
  readonly memberships: readonly Membership[] | undefined;
  /** Pools that announce themselves on this network. */
  readonly nearby: readonly NearbyPool[];
  /** The latest *Ask to join*, until another one begins or it is forgotten. */
  readonly request: JoinRequest | undefined;
  readonly error: MillpondError | undefined;
}

export const useMemberships = create<MembershipsState>()(() => ({
  memberships: undefined,
  nearby: [],
  request: undefined,
  error: undefined,
}));

let latest = 0;

/** Asks again; the answer to an older question is left aside. Never rejects. */
export async function refreshMemberships(): Promise<void> {
  latest += 1;
  const question = latest;
  const answer = await api.memberships.list({}).then(
    ({ memberships, nearby, request }) => ({ memberships, nearby, request, error: undefined }),
    (thrown: unknown) => {
      const error = MillpondError.from(thrown);
      // Whoever is a guest of this gateway has no memberships here.
      return error.code === 'forbidden' ? { memberships: [], error: undefined } : { error };
    },
  );
  if (question === latest) useMemberships.setState(answer);
}

/** Shows a membership as it is now, before the list is asked again. */
export function showMembership(changed: Membership): void {
  useMemberships.setState(({ memberships = [] }) => ({
    memberships: memberships.some(({ id }) => id === changed.id)
      ? memberships.map((known) => (known.id === changed.id ? changed : known))
      : [...memberships, changed],
  }));
}

export function followMemberships(): void {
  onResync(() => void refreshMemberships());
  events.memberships.onChanged(() => void refreshMemberships());
}
