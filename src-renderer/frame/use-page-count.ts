import type { PageName } from '../router.ts';
import { isRunning, useActivity } from '../state/activity.ts';
import { isMoving, useDownloads } from '../state/downloads.ts';

/** How many things run on a page right now: requests in Activity, downloads in Discover. */
export function usePageCount(page: PageName): number {
  const running = useActivity(({ requests }) => requests?.filter(isRunning).length ?? 0);
  const moving = useDownloads(({ downloads }) => downloads?.filter(isMoving).length ?? 0);
  if (page === 'activity') return running;
  return page === 'discover' ? moving : 0;
}
