import type { Message } from '../types.ts';

/** The messages of one chat by id. A chat is a tree; siblings are answers or edits side by side. */
export type MessageMap = Readonly<Record<string, Message>>;

/** A message's place among its siblings; `index` counts from 0. */
export interface SiblingPlace {
  readonly index: number;
  readonly ids: readonly string[];
}

export function isSamePlace(a: SiblingPlace, b: SiblingPlace): boolean {
  return (
    a.index === b.index &&
    a.ids.length === b.ids.length &&
    a.ids.every((id, at) => id === b.ids[at])
  );
}

export function messagesById(messages: readonly Message[]): MessageMap {
  return Object.fromEntries(messages.map((message) => [message.id, message]));
}

/** From the root down to `leafId`. Empty when the leaf is unknown or null. */
export function branchTo(messages: MessageMap, leafId: string | null): readonly Message[] {
  const branch: Message[] = [];
  const seen = new Set<string>();
  let current = leafId === null ? undefined : messages[leafId];
  while (current !== undefined && !seen.has(current.id)) {
    branch.push(current);
    seen.add(current.id);
    current = current.parentId === null ? undefined : messages[current.parentId];
  }
  return branch.reverse();
}

/** All messages with the same parent, oldest first. */
export function siblingsOf(messages: MessageMap, message: Message): SiblingPlace {
  const ids = childrenOf(messages, message.parentId).map((sibling) => sibling.id);
  return { index: ids.indexOf(message.id), ids };
}

/**
 * The places of every message of a branch, in one walk over the chat: asking `siblingsOf` for each
 * of 2,000 messages would walk it 2,000 times.
 */
export function placesOf(
  messages: MessageMap,
  branch: readonly Message[],
): ReadonlyMap<string, SiblingPlace> {
  const families = Map.groupBy(Object.values(messages), (message) => message.parentId);
  return new Map(
    branch.map((message) => {
      const ids = (families.get(message.parentId) ?? []).toSorted(byAge).map(({ id }) => id);
      return [message.id, { index: ids.indexOf(message.id), ids }];
    }),
  );
}

/** Where someone lands who switches to `id`: follows the newest child down to a leaf. */
export function newestLeafBelow(messages: MessageMap, id: string): string {
  const families = Map.groupBy(Object.values(messages), (message) => message.parentId);
  const seen = new Set<string>();
  let current = id;
  for (;;) {
    seen.add(current);
    const newest = (families.get(current) ?? []).toSorted(byAge).at(-1);
    if (newest === undefined || seen.has(newest.id)) return current;
    current = newest.id;
  }
}

/** A leaf to show when the chat names none or one that does not exist: the newest branch. */
export function defaultLeaf(messages: MessageMap): string | null {
  const root = childrenOf(messages, null).at(-1);
  return root === undefined ? null : newestLeafBelow(messages, root.id);
}

function childrenOf(messages: MessageMap, parentId: string | null): readonly Message[] {
  return Object.values(messages)
    .filter((message) => message.parentId === parentId)
    .toSorted(byAge);
}

/** Ids are UUIDv7, so they break ties in the order of creation. */
function byAge(a: Message, b: Message): number {
  return a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1);
}
