import { useCallback, useEffect } from 'react';
import { api } from '../../../api.ts';
import type { Invite } from '../../../api.ts';
import { useListed } from '../use-listed.ts';
import type { Listed } from '../use-listed.ts';
import { onInvites } from './invite-news.ts';

export interface InvitesState extends Pick<Listed<Invite>, 'error' | 'refresh'> {
  /** Newest first; undefined until the first answer. */
  readonly invites: readonly Invite[] | undefined;
}

/** The invites of a pool, asked again whenever one may have been made, used or revoked. */
export function useInvites(poolId: string): InvitesState {
  const ask = useCallback(
    async (signal: AbortSignal) => {
      const { invites } = await api.pools.invites({ id: poolId }, { signal });
      return invites.toSorted((a, b) => b.createdAt - a.createdAt);
    },
    [poolId],
  );
  const { items: invites, error, refresh } = useListed(ask);
  useEffect(() => onInvites(refresh), [refresh]);
  return { invites, error, refresh };
}
