import { useCallback, useEffect, useState } from 'react';
import { MillpondError } from '../../src-main/core/error.ts';
import { onResync } from '../api.ts';
import { createToldLast } from './told-last.ts';

export interface Answered<Answer> {
  /** Undefined until the first answer. */
  readonly answer: Answer | undefined;
  /** Why the last question failed; what was known before stays. */
  readonly error: MillpondError | undefined;
  readonly refresh: () => void;
  /** Changes the answer by what has just been heard, until it is asked again. */
  readonly change: (next: (answer: Answer) => Answer) => void;
}

/** Leaving aborts the question. Kept the same between renders, so that it is asked once. */
export type Question<Answer> = (signal: AbortSignal) => Promise<Answer>;

/**
 * Subscribes to what makes the answer old and returns the ways to stop; kept the same between renders.
 * `change` is for news that say what is true now: they win over an answer that was on its way.
 */
export type Follow<Answer> = (
  refresh: () => void,
  change: Answered<Answer>['change'],
) => readonly (() => void)[];

/** The answer to a question, asked again after every gap and whenever `follow` hears that it is old. */
export function useAnswer<Answer>(
  ask: Question<Answer>,
  follow?: Follow<Answer>,
): Answered<Answer> {
  const [answer, setAnswer] = useState<Answer>();
  const [error, setError] = useState<MillpondError>();
  const [round, setRound] = useState(0);
  const [order] = useState(createToldLast);
  const refresh = useCallback(() => {
    setRound((count) => count + 1);
  }, []);
  const change = useCallback<Answered<Answer>['change']>(
    (next) => {
      order.told(() => {
        setAnswer((known) => (known === undefined ? known : next(known)));
      });
    },
    [order],
  );
  useEffect(() => {
    const left = new AbortController();
    const show = (told: Answer) => {
      if (left.signal.aborted) return;
      setAnswer(() => told);
      setError(undefined);
    };
    order.answer(ask(left.signal), show).catch((thrown: unknown) => {
      if (!left.signal.aborted) setError(MillpondError.from(thrown));
    });
    return () => {
      left.abort();
    };
  }, [ask, round, order]);
  useEffect(() => {
    const stops = [onResync(refresh), ...(follow?.(refresh, change) ?? [])];
    return () => {
      for (const stop of stops) stop();
    };
  }, [follow, refresh, change]);
  return { answer, error, refresh, change };
}

/** Follows without hearing what is true now: only that the answer is old. */
export type Renew = (refresh: () => void) => readonly (() => void)[];

/** A question asked again at this pace, for figures that move with every request. */
export function everyMs(paceMs: number): Renew {
  return (refresh) => {
    const timer = setInterval(refresh, paceMs);
    return [
      () => {
        clearInterval(timer);
      },
    ];
  };
}
