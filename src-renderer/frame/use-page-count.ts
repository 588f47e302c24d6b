import type { PageName } from '../router.ts';
import { isRunning, useActivity } from '../state/activity.ts';
import { isMoving, useDownloads } from '../state/downloads.ts';
import { usePools } from '../state/pools.ts';

/** What needs a glance on a page: requests in Activity, downloads in Discover, who knocks in Pool. */
export function usePageCount(page: PageName): number {
  const running = useActivity(({ requests }) => requests?.filter(isRunning).length ?? 0);
  const moving = useDownloads(({ downloads }) => downloads?.filter(isMoving).length ?? 0);
  const knocking = usePools(({ knocks }) => knocks.length);
  if (page === 'activity') return running;
  if (page === 'pool') return knocking;
  return page === 'discover' ? moving : 0;
}
