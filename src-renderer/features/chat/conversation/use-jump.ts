import { useEffect } from 'react';
import { showLeaf } from '../state/chats.ts';
import type { Conversation } from '../state/conversation.ts';
import { newestLeafBelow } from '../state/tree.ts';
import { useView } from '../state/view.ts';
import type { Message } from '../types.ts';

/** Goes to the message that a search found, on whichever branch it is. */
export function useJump(
  conversation: Conversation,
  branch: readonly Message[],
  scrollTo: (index: number) => void,
): void {
  const jump = useView((view) => view.jumpTo);
  useEffect(() => {
    if (jump?.chatId !== conversation.chat.id) return;
    if (conversation.messages[jump.messageId] === undefined) return;
    const index = branch.findIndex(({ id }) => id === jump.messageId);
    if (index === -1) {
      showLeaf(jump.chatId, newestLeafBelow(conversation.messages, jump.messageId));
      return;
    }
    useView.setState({ jumpTo: undefined });
    scrollTo(index);
  });
}
