import { create } from 'zustand';

/** Passing things that a chat's parts tell each other. */
export interface ChatView {
  /** The user message that is being edited in place. */
  readonly editingId: string | undefined;
  /** A message to scroll to, from a search result. */
  readonly jumpTo: { readonly chatId: string; readonly messageId: string } | undefined;
}

export const useView = create<ChatView>()(() => ({ editingId: undefined, jumpTo: undefined }));

export function editMessage(messageId: string): void {
  useView.setState({ editingId: messageId });
}

export function endEdit(): void {
  useView.setState({ editingId: undefined });
}
