import { useCallback } from 'react';
import { api } from '../../../api.ts';
import type { Member } from '../../../api.ts';
import { useListed } from '../use-listed.ts';
import type { Listed } from '../use-listed.ts';

export interface MembersState extends Pick<Listed<Member>, 'error' | 'refresh'> {
  /** In the order in which they came; undefined until the first answer. */
  readonly members: readonly Member[] | undefined;
  /** Shows a member as the gateway has just described them. */
  readonly show: (member: Member) => void;
}

/** The people of a pool, asked again whenever somebody may have come, gone or changed. */
export function useMembers(poolId: string): MembersState {
  const ask = useCallback(
    async (signal: AbortSignal) => (await api.pools.members({ id: poolId }, { signal })).members,
    [poolId],
  );
  const { items: members, error, refresh, change } = useListed(ask);
  const show = useCallback(
    (changed: Member) => {
      change((known) =>
        known.map((member) => (member.personId === changed.personId ? changed : member)),
      );
    },
    [change],
  );
  return { members, error, refresh, show };
}
