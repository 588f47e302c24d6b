import { useCallback, useEffect, useState } from 'react';
import { MillpondError } from '../../../../src-main/core/error.ts';
import { api, events, onResync } from '../../../api.ts';
import type { Invite } from '../../../api.ts';
import { onInvites } from './invite-news.ts';

interface Invites {
  /** Newest first; undefined until the first answer. */
  readonly invites: readonly Invite[] | undefined;
  readonly error: MillpondError | undefined;
}

const unknown: Invites = { invites: undefined, error: undefined };

/** The invites of a pool, asked again whenever one may have been made, used or revoked. */
export function useInvites(poolId: string): Invites & { readonly refresh: () => void } {
  const [state, setState] = useState(unknown);
  const [round, setRound] = useState(0);
  const refresh = useCallback(() => {
    setRound((count) => count + 1);
  }, []);
  useEffect(() => {
    const left = new AbortController();
    void api.pools.invites({ id: poolId }, { signal: left.signal }).then(
      ({ invites }) => {
        const newestFirst = invites.toSorted((a, b) => b.createdAt - a.createdAt);
        if (!left.signal.aborted) setState({ invites: newestFirst, error: undefined });
      },
      (thrown: unknown) => {
        if (left.signal.aborted) return;
        setState(({ invites }) => ({ invites, error: MillpondError.from(thrown) }));
      },
    );
    return () => {
      left.abort();
    };
  }, [poolId, round]);
  useEffect(() => {
    const stops = [onInvites(refresh), onResync(refresh), events.pools.onChanged(refresh)];
    return () => {
      for (const stop of stops) stop();
    };
  }, [refresh]);
  return { ...state, refresh };
}
