import { useCallback, useEffect, useState } from 'react';
import { MillpondError } from '../../../../src-main/core/error.ts';
import { api, events, onResync } from '../../../api.ts';
import type { PoolOverview } from '../../../api.ts';
import { createToldLast } from '../../../state/told-last.ts';

export interface OverviewState {
  /** Undefined until the first answer; the last one known while Millpond does not answer. */
  readonly overview: PoolOverview | undefined;
  readonly error: MillpondError | undefined;
  readonly refresh: () => void;
}

/** The last picture of each pool, so that another view of it begins with something. */
const known = new Map<string, PoolOverview>();

const { answer, told } = createToldLast();

/** A pool from second to second: who asks, which models, which machines. */
export function useOverview(poolId: string): OverviewState {
  const [overview, setOverview] = useState(() => known.get(poolId));
  const [error, setError] = useState<MillpondError>();
  const [round, setRound] = useState(0);
  const refresh = useCallback(() => {
    setRound((count) => count + 1);
  }, []);
  useEffect(() => {
    const left = new AbortController();
    const show = (next: PoolOverview) => {
      if (next.poolId !== poolId || left.signal.aborted) return;
      known.set(poolId, next);
      setOverview(next);
      setError(undefined);
    };
    const { signal } = left;
    answer(api.pools.overview({ id: poolId }, { signal }), show).catch((thrown: unknown) => {
      if (!signal.aborted) setError(MillpondError.from(thrown));
    });
    const stops = [
      events.pools.onOverview((overview) => {
        told(() => {
          show(overview);
        });
      }),
      events.pools.onChanged(refresh),
      onResync(refresh),
    ];
    return () => {
      left.abort();
      for (const stop of stops) stop();
    };
  }, [poolId, round, refresh]);
  return { overview, error, refresh };
}
