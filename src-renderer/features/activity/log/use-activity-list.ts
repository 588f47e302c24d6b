import { useEffect, useState } from 'react';
import { MillpondError } from '../../../../src-main/core/error.ts';
import { api, events, onResync } from '../../../api.ts';
import type { RequestRecord } from '../../../api.ts';
import { activityPageSize, withRequests } from '../../../state/activity.ts';
import { createToldLast } from '../../../state/told-last.ts';
import { matchesFilter } from './activity-filter.ts';
import type { ActivityFilter } from './activity-filter.ts';

export interface ActivityList {
  /** Newest first; undefined until the first answer. */
  readonly requests: readonly RequestRecord[] | undefined;
  /** How many match in all. */
  readonly total: number;
  readonly error: MillpondError | undefined;
  readonly retry: () => void;
}

interface Loaded {
  readonly requests: readonly RequestRecord[] | undefined;
  readonly total: number;
  readonly error: MillpondError | undefined;
}

const nothingYet: Loaded = { requests: undefined, total: 0, error: undefined };
/** Typing in the search field asks once it pauses. */
const typingPauseMs = 200;

/**
 * One page of the request log. The newest page (`before` undefined) follows live changes; older ones
 * stand still, because they are over.
 */
export function useActivityList(
  filter: ActivityFilter,
  before: number | undefined,
  isOn: boolean,
): ActivityList {
  const [loaded, setLoaded] = useState(nothingYet);
  const [attempt, setAttempt] = useState(0);
  const [{ answer, told }] = useState(createToldLast);

  useEffect(() => {
    if (!isOn) return undefined;
    const stop = new AbortController();
    const { search, ...exact } = filter;
    const given = Object.entries(exact).filter(([, value]) => value !== undefined);
    const query = {
      ...Object.fromEntries(given),
      limit: activityPageSize,
      ...(before !== undefined && { before }),
      ...(search.trim() !== '' && { search: search.trim() }),
    };
    const timer = setTimeout(
      () => {
        const asked = api.activity.list(query, { signal: stop.signal });
        answer(asked, ({ requests, total }) => {
          setLoaded({ requests: withRequests([], requests), total, error: undefined });
        }).catch((thrown: unknown) => {
          if (stop.signal.aborted) return;
          setLoaded((current) => ({ ...current, error: MillpondError.from(thrown) }));
        });
      },
      filter.search === '' ? 0 : typingPauseMs,
    );
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [filter, before, attempt, answer, isOn]);

  useEffect(() => {
    const retry = () => {
      setAttempt((current) => current + 1);
    };
    const stopResync = onResync(retry);
    if (before !== undefined) return stopResync;
    const stopEvents = events.activity.onChanged(({ request }) => {
      told(() => {
        setLoaded((current) => withChange(current, request, filter));
      });
    });
    return () => {
      stopResync();
      stopEvents();
    };
  }, [filter, before, told]);

  return {
    ...loaded,
    retry: () => {
      setAttempt((current) => current + 1);
    },
  };
}

/** The list after one request changed: added, replaced, or gone because it no longer matches. */
export function withChange(
  current: Loaded,
  request: RequestRecord,
  filter: ActivityFilter,
): Loaded {
  if (current.requests === undefined) return current;
  const isKnown = current.requests.some((known) => known.id === request.id);
  if (!matchesFilter(request, filter)) {
    if (!isKnown) return current;
    const requests = current.requests.filter((known) => known.id !== request.id);
    return { ...current, requests, total: current.total - 1 };
  }
  const requests = withRequests(current.requests, [request]).slice(0, activityPageSize);
  return { ...current, requests, total: isKnown ? current.total : current.total + 1 };
}
