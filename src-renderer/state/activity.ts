import { create } from 'zustand';
import { MillpondError } from '../../src-main/core/error.ts';
import { api, events, onResync } from '../api.ts';
import type { RequestRecord } from '../api.ts';
import { createToldLast } from './told-last.ts';

interface ActivityState {
  /** The newest requests of every client, newest first; undefined until the first answer. */
  readonly requests: readonly RequestRecord[] | undefined;
  /** How many the log holds, shown or not. */
  readonly total: number;
  readonly error: MillpondError | undefined;
}

/** More are fetched by *Older*. */
export const activityPageSize = 200;

export const useActivity = create<ActivityState>()(() => ({
  requests: undefined,
  total: 0,
  error: undefined,
}));

const { answer, told } = createToldLast();

export function isRunning(request: RequestRecord): boolean {
  return (
    request.state === 'waiting' || request.state === 'loading' || request.state === 'answering'
  );
}

/** The list with these requests added or replaced, newest first. */
export function withRequests(
  requests: readonly RequestRecord[],
  changed: readonly RequestRecord[],
): readonly RequestRecord[] {
  const ids = new Set(changed.map((request) => request.id));
  return [...changed, ...requests.filter((request) => !ids.has(request.id))].toSorted(
    (a, b) => b.startedAt - a.startedAt || b.id.localeCompare(a.id),
  );
}

function show(request: RequestRecord): void {
  useActivity.setState(({ requests, total }) => {
    const isNew = requests?.every((known) => known.id !== request.id) === true;
    return {
      requests: withRequests(requests ?? [], [request]),
      total: isNew ? total + 1 : total,
    };
  });
}

export async function refreshActivity(): Promise<void> {
  try {
    await answer(api.activity.list({ limit: activityPageSize }), ({ requests, total }) => {
      useActivity.setState({ requests: withRequests([], requests), total, error: undefined });
    });
  } catch (thrown) {
    useActivity.setState({ error: MillpondError.from(thrown) });
  }
}

export function followActivity(): void {
  onResync(() => void refreshActivity());
  events.activity.onChanged(({ request }) => {
    told(() => {
      show(request);
    });
  });
}
