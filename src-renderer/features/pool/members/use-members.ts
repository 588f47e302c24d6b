import { useCallback, useEffect, useState } from 'react';
import { MillpondError } from '../../../../src-main/core/error.ts';
import { api, events, onResync } from '../../../api.ts';
import type { Member } from '../../../api.ts';

interface Members {
  /** In the order in which they came; undefined until the first answer. */
  readonly members: readonly Member[] | undefined;
  readonly error: MillpondError | undefined;
}

export interface MembersState extends Members {
  readonly refresh: () => void;
  /** Shows a member as the gateway has just described them. */
  readonly show: (member: Member) => void;
}

const unknown: Members = { members: undefined, error: undefined };

/** The people of a pool, asked again whenever somebody may have come, gone or changed. */
export function useMembers(poolId: string): MembersState {
  const [state, setState] = useState(unknown);
  const [round, setRound] = useState(0);
  const refresh = useCallback(() => {
    setRound((count) => count + 1);
  }, []);
  useEffect(() => {
    const left = new AbortController();
    void api.pools.members({ id: poolId }, { signal: left.signal }).then(
      ({ members }) => {
        if (!left.signal.aborted) setState({ members, error: undefined });
      },
      (thrown: unknown) => {
        if (left.signal.aborted) return;
        setState(({ members }) => ({ members, error: MillpondError.from(thrown) }));
      },
    );
    return () => {
      left.abort();
    };
  }, [poolId, round]);
  useEffect(() => {
    const stops = [onResync(refresh), events.pools.onChanged(refresh)];
    return () => {
      for (const stop of stops) stop();
    };
  }, [refresh]);
  const show = useCallback((changed: Member) => {
    setState(({ members, error }) => ({
      members: members?.map((known) => (known.personId === changed.personId ? changed : known)),
      error,
    }));
  }, []);
  return { ...state, refresh, show };
}
