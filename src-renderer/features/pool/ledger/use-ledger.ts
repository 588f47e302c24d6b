import { useCallback, useEffect, useState } from 'react';
import { MillpondError } from '../../../../src-main/core/error.ts';
import { api, onResync } from '../../../api.ts';
import type { LedgerLine } from '../../../api.ts';

interface Ledger {
  /** Undefined until the first answer. */
  readonly lines: readonly LedgerLine[] | undefined;
  readonly error: MillpondError | undefined;
}

/** The book moves with every answer; asked at this pace it is never far behind. */
const everyMs = 15_000;

/** A pool's book of the last days, while somebody looks at it. */
export function useLedger(poolId: string, days: number): Ledger & { readonly refresh: () => void } {
  const [state, setState] = useState<Ledger>({ lines: undefined, error: undefined });
  const [round, setRound] = useState(0);
  const refresh = useCallback(() => {
    setRound((count) => count + 1);
  }, []);
  useEffect(() => {
    const left = new AbortController();
    void api.pools.ledger({ id: poolId, days }, { signal: left.signal }).then(
      ({ lines }) => {
        if (!left.signal.aborted) setState({ lines, error: undefined });
      },
      (thrown: unknown) => {
        if (left.signal.aborted) return;
        setState(({ lines }) => ({ lines, error: MillpondError.from(thrown) }));
      },
    );
    return () => {
      left.abort();
    };
  }, [poolId, days, round]);
  useEffect(() => {
    const timer = setInterval(refresh, everyMs);
    const stop = onResync(refresh);
    return () => {
      clearInterval(timer);
      stop();
    };
  }, [refresh]);
  return { ...state, refresh };
}
