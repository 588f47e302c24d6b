import type { Message } from './conversation.ts';

/** The branch that ends in `leafId`, from its first message on; empty when there is no such message. */
export function branchTo(messages: readonly Message[], leafId: string | null): Message[] {
  const byId = new Map(messages.map((message) => [message.id, message]));
  const branch: Message[] = [];
  for (let id = leafId; id !== null;) {
    const message = byId.get(id);
    if (message === undefined) break;
    branch.push(message);
    id = message.parentId;
  }
  return branch.reverse();
}

/** The last message below `fromId` when the newest child is followed each time. */
export function newestLeaf(messages: readonly Message[], fromId: string): string {
  const newestChild = new Map<string, string>();
  for (const { id, parentId } of messages) {
    // Messages come oldest first, so the last one wins.
    if (parentId !== null) newestChild.set(parentId, id);
  }
  let leaf = fromId;
  for (let next = newestChild.get(leaf); next !== undefined; next = newestChild.get(leaf)) {
    leaf = next;
  }
  return leaf;
}
