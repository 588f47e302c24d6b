import type { ActivityTab } from '../../router.ts';
import type { Guarded } from '../../state/may.ts';

/** One view: its word is below `activity.tab`. */
export interface ActivityView extends Guarded {
  readonly name: ActivityTab | 'log';
}

/** Members see what they used themselves; other people's requests are for who looks after the gateway. */
export const activityViews: readonly ActivityView[] = [
  { name: 'log', may: 'readEverybodysLog' },
  { name: 'usage' },
  { name: 'audit', may: 'readAudit' },
];
