import { Activity, Box, Compass, MessageSquare, Server, Settings, Waypoints } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import type { PoolRole } from '../api.ts';
import type { PageName } from '../router.ts';

export interface PageEntry {
  readonly page: PageName;
  readonly icon: LucideIcon;
  readonly keys: string;
  /** Where the rail is a bar at the bottom of a narrow window, it stands behind *More*. */
  readonly isUnderMore?: true;
}

/** The rail from top to bottom. */
export const pages: readonly PageEntry[] = [
  { page: 'chat', icon: MessageSquare, keys: 'mod+1' },
  { page: 'discover', icon: Compass, keys: 'mod+2' },
  { page: 'models', icon: Box, keys: 'mod+3' },
  { page: 'pool', icon: Waypoints, keys: 'mod+4' },
  { page: 'server', icon: Server, keys: 'mod+5', isUnderMore: true },
  { page: 'activity', icon: Activity, keys: 'mod+6', isUnderMore: true },
  { page: 'settings', icon: Settings, keys: 'mod+7', isUnderMore: true },
];

/** What people see of a gateway that is not theirs; within a page their role decides. The rest is its owner's. */
const pagesForOthers: readonly PageName[] = ['pool', 'server', 'activity'];

/** Whether a page exists for somebody of this role. */
export function isPageFor(page: PageName, role: PoolRole): boolean {
  return role === 'owner' || pagesForOthers.includes(page);
}
