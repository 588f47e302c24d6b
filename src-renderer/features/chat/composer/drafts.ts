/** What `localStorage` offers; a fake in tests. */
export type DraftStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** The draft of a chat that does not exist yet. */
export const newChatDraft = 'new';

const prefix = 'millpond.draft.';

/** Unsent text per chat. It survives a reload; a full or forbidden storage only costs that. */
export interface Drafts {
  readonly read: (chatId: string) => string;
  readonly write: (chatId: string, text: string) => void;
}

export function createDrafts(storage: DraftStorage): Drafts {
  // Storage may be full or switched off; then drafts still live as long as the page.
  const remembered = new Map<string, string>();
  return {
    read: (chatId) => {
      const known = remembered.get(chatId);
      if (known !== undefined) return known;
      try {
        return storage.getItem(prefix + chatId) ?? '';
      } catch {
        return '';
      }
    },
    write: (chatId, text) => {
      remembered.set(chatId, text);
      try {
        if (text === '') storage.removeItem(prefix + chatId);
        else storage.setItem(prefix + chatId, text);
      } catch {
        // The copy in memory is what is left.
      }
    },
  };
}
