import { Activity, Box, Compass, MessageSquare, Server, Settings } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import type { PageName } from '../router.ts';

export interface PageEntry {
  readonly page: PageName;
  readonly icon: LucideIcon;
  /** The number is the page's place among all seven, so that it stays when the others arrive. */
  readonly keys: string;
  /** Where the rail is a bar at the bottom of a narrow window, it stands behind *More*. */
  readonly isUnderMore?: true;
}

/** The rail from top to bottom. A page that is not built yet is absent. */
export const pages: readonly PageEntry[] = [
  { page: 'chat', icon: MessageSquare, keys: 'mod+1' },
  { page: 'discover', icon: Compass, keys: 'mod+2' },
  { page: 'models', icon: Box, keys: 'mod+3' },
  { page: 'server', icon: Server, keys: 'mod+5', isUnderMore: true },
  { page: 'activity', icon: Activity, keys: 'mod+6', isUnderMore: true },
  { page: 'settings', icon: Settings, keys: 'mod+7', isUnderMore: true },
];
