import { useCallback, useEffect, useState } from 'react';
import { MillpondError } from '../../../src-main/core/error.ts';
import { events, onResync } from '../../api.ts';

export interface Listed<Item> {
  /** Undefined until the first answer. */
  readonly items: readonly Item[] | undefined;
  /** Why the last question failed; what was known before stays. */
  readonly error: MillpondError | undefined;
  readonly refresh: () => void;
  /** Changes the list by what has just been heard, until it is asked again. */
  readonly change: (next: (items: readonly Item[]) => readonly Item[]) => void;
}

/** Asks for a list; leaving aborts it. Kept the same between renders, so that it is asked once. */
export type Question<Item> = (signal: AbortSignal) => Promise<readonly Item[]>;

/** A list that belongs to a pool, asked again whenever something of a pool has changed. */
export function useListed<Item>(ask: Question<Item>): Listed<Item> {
  const [items, setItems] = useState<readonly Item[]>();
  const [error, setError] = useState<MillpondError>();
  const [round, setRound] = useState(0);
  const refresh = useCallback(() => {
    setRound((count) => count + 1);
  }, []);
  useEffect(() => {
    const left = new AbortController();
    ask(left.signal).then(
      (answer) => {
        if (left.signal.aborted) return;
        setItems(answer);
        setError(undefined);
      },
      (thrown: unknown) => {
        if (!left.signal.aborted) setError(MillpondError.from(thrown));
      },
    );
    return () => {
      left.abort();
    };
  }, [ask, round]);
  useEffect(() => {
    const stops = [onResync(refresh), events.pools.onChanged(refresh)];
    return () => {
      for (const stop of stops) stop();
    };
  }, [refresh]);
  const change = useCallback<Listed<Item>['change']>((next) => {
    setItems((known) => known && next(known));
  }, []);
  return { items, error, refresh, change };
}
