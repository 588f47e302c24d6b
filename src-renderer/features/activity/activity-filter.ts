import type { RequestRecord } from '../../api.ts';
import { isRunning } from '../../state/activity.ts';

export const stateFilters = ['running', 'done', 'failed', 'cancelled'] as const;
export type StateFilter = (typeof stateFilters)[number];

export interface ActivityFilter {
  /** Undefined shows every state. */
  readonly state: StateFilter | undefined;
  readonly search: string;
  /** Only requests to this pool; absent shows all. */
  readonly poolId?: string | undefined;
}

/** Whether anything is left out. */
export function isFiltered({ state, search, poolId }: ActivityFilter): boolean {
  return state !== undefined || search !== '' || poolId !== undefined;
}

/** Whether a request belongs into the filtered list, compared as the runtime does. */
export function matchesFilter(request: RequestRecord, filter: ActivityFilter): boolean {
  if (filter.state === 'running' && !isRunning(request)) return false;
  if (filter.state !== undefined && filter.state !== 'running' && request.state !== filter.state) {
    return false;
  }
  if (filter.poolId !== undefined && request.poolId !== filter.poolId) return false;
  const search = filter.search.trim().toLowerCase();
  if (search === '') return true;
  const text = `${request.model}\n${request.caller}\n${request.client}`.toLowerCase();
  return text.includes(search);
}
