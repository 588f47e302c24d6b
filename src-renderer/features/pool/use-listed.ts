import { useCallback } from 'react';
import { events } from '../../api.ts';
import { useAnswer } from '../../state/use-answer.ts';
import type { Answered, Question as AnyQuestion } from '../../state/use-answer.ts';

export interface Listed<Item> extends Omit<Answered<readonly Item[]>, 'answer'> {
  /** Undefined until the first answer. */
  readonly items: readonly Item[] | undefined;
}

/** Asks for a list; leaving aborts it. Kept the same between renders, so that it is asked once. */
export type Question<Item> = AnyQuestion<readonly Item[]>;

/** A list that belongs to a pool, asked again whenever something of a pool has changed. */
export function useListed<Item>(ask: Question<Item>): Listed<Item> {
  const follow = useCallback((refresh: () => void) => [events.pools.onChanged(refresh)], []);
  const { answer: items, ...rest } = useAnswer(ask, follow);
  return { items, ...rest };
}
