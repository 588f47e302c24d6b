import { useState } from 'react';
import type { RefObject } from 'react';
import type { RequestRecord } from '../../../api.ts';
import { activityPageSize } from '../../../state/activity.ts';
import type { ActivityFilter, FacetChoices } from './activity-filter.ts';
import { useFacetChoices } from './use-facet-choices.ts';
import { useActivityList } from './use-activity-list.ts';
import type { ActivityList } from './use-activity-list.ts';
import { shownRows } from './waiting-rows.ts';
import type { ShownRows } from './waiting-rows.ts';

export interface ActivityPageState extends Omit<ActivityList, 'requests'>, ShownRows {
  /** Nothing has arrived yet. */
  readonly isLoading: boolean;
  readonly filter: ActivityFilter;
  /** What the requests seen so far can be told apart by. */
  readonly choices: FacetChoices;
  readonly show: (filter: ActivityFilter) => void;
  /** The list left its top, or came back to it. */
  readonly watchTop: (isAtTop: boolean) => void;
  readonly showWaiting: () => void;
  /** Undefined at the newest page. */
  readonly newer: (() => void) | undefined;
  /** Undefined at the end of the log. */
  readonly older: (() => void) | undefined;
}

export const everything: ActivityFilter = { state: undefined, search: '' };

/**
 * What the page shows: one filtered page of the log, steady while somebody reads further down. `top` is the
 * element to scroll to when another part of the list is shown; nothing is asked while it is not `isOn`.
 */
export function useActivityPage(
  top: RefObject<HTMLElement | null>,
  isOn: boolean,
): ActivityPageState {
  const [filter, setFilter] = useState(everything);
  /** Where each page behind the newest begins: its requests started before these moments. */
  const [befores, setBefores] = useState<readonly number[]>([]);
  const [held, setHeld] = useState<ReadonlySet<string>>();
  const { requests, ...list } = useActivityList(filter, befores.at(-1), isOn);
  const shown = shownRows(requests ?? [], held);
  const choices = useFacetChoices(requests);
  const last: RequestRecord | undefined = shown.rows.at(-1);
  const isNewest = befores.length === 0;
  const hasOlder = isNewest
    ? list.total > shown.rows.length + shown.waiting
    : shown.rows.length === activityPageSize;

  function turnTo(next: readonly number[]): void {
    setBefores(next);
    setHeld(undefined);
    top.current?.scrollIntoView();
  }

  return {
    ...list,
    ...shown,
    isLoading: requests === undefined,
    filter,
    choices,
    show(next) {
      setFilter(next);
      setBefores([]);
      setHeld(undefined);
    },
    watchTop(isAtTop) {
      setHeld(isAtTop ? undefined : new Set(requests?.map((request) => request.id)));
    },
    showWaiting() {
      setHeld(undefined);
      top.current?.scrollIntoView();
    },
    newer: isNewest
      ? undefined
      : () => {
          turnTo(befores.slice(0, -1));
        },
    older:
      hasOlder && last !== undefined
        ? () => {
            turnTo([...befores, last.startedAt]);
          }
        : undefined,
  };
}
