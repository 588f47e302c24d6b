import type { ChatSummary } from '../types.ts';

export type ChatGroupName = 'pinned' | 'today' | 'yesterday' | 'week' | 'month' | 'earlier';

export interface ChatGroup {
  readonly name: ChatGroupName;
  readonly chats: readonly ChatSummary[];
}

const order: readonly ChatGroupName[] = [
  'pinned',
  'today',
  'yesterday',
  'week',
  'month',
  'earlier',
];

/** Puts chats under the headings of the list, by local calendar days before `now`; order is kept. */
export function groupChats(chats: readonly ChatSummary[], now: Date): readonly ChatGroup[] {
  const groups = Map.groupBy(chats, (chat) => groupOf(chat, now));
  return order.flatMap((name) => {
    const members = groups.get(name);
    return members === undefined ? [] : [{ name, chats: members }];
  });
}

function groupOf(chat: ChatSummary, now: Date): ChatGroupName {
  if (chat.pinned) return 'pinned';
  if (chat.updatedAt >= daysBefore(now, 0)) return 'today';
  if (chat.updatedAt >= daysBefore(now, 1)) return 'yesterday';
  if (chat.updatedAt >= daysBefore(now, 6)) return 'week';
  if (chat.updatedAt >= daysBefore(now, 29)) return 'month';
  return 'earlier';
}

/** Midnight that began the day so many days ago; the calendar knows days of 23 and 25 hours. */
function daysBefore(now: Date, days: number): number {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() - days).getTime();
}
