import type { ControlHandlers } from '../../contract/control.ts';
import type { Activity } from '../../gateway/activity/activity.ts';

export function createActivityHandlers(activity: Activity): ControlHandlers['activity'] {
  return {
    list: (query) => activity.list(query),
    get: ({ id }) => activity.get(id),
    cancel({ id }) {
      activity.cancel(id);
      return {};
    },
  };
}
