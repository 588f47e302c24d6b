import { parseStoredAttachments } from '../../../api.ts';
import type { Attachment } from '../types.ts';

/** What `localStorage` offers; a fake in tests. */
export type DraftStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** The draft of a chat that does not exist yet. */
export const newChatDraft = 'new';

const textPrefix = 'millpond.draft.';
const filesPrefix = 'millpond.draft-files.';

/**
 * Unsent text and files per chat. Both survive a reload: the runtime keeps what it read from a file,
 * so its id is enough here. A full or forbidden storage only costs that.
 */
export interface Drafts {
  readonly read: (chatId: string) => string;
  readonly write: (chatId: string, text: string) => void;
  readonly readFiles: (chatId: string) => readonly Attachment[];
  readonly writeFiles: (chatId: string, files: readonly Attachment[]) => void;
}

export function createDrafts(storage: DraftStorage): Drafts {
  // Storage may be full or switched off; then drafts still live as long as the page.
  const remembered = new Map<string, string>();
  const read = (name: string): string => {
    const known = remembered.get(name);
    if (known !== undefined) return known;
    try {
      return storage.getItem(name) ?? '';
    } catch {
      return '';
    }
  };
  const write = (name: string, value: string): void => {
    remembered.set(name, value);
    try {
      if (value === '') storage.removeItem(name);
      else storage.setItem(name, value);
    } catch {
      // The copy in memory is what is left.
    }
  };
  return {
    read: (chatId) => read(textPrefix + chatId),
    write: (chatId, text) => {
      write(textPrefix + chatId, text);
    },
    readFiles: (chatId) => parseFiles(read(filesPrefix + chatId)),
    writeFiles: (chatId, files) => {
      write(filesPrefix + chatId, files.length === 0 ? '' : JSON.stringify(files));
    },
  };
}

function parseFiles(stored: string): readonly Attachment[] {
  if (stored === '') return [];
  try {
    return parseStoredAttachments(JSON.parse(stored));
  } catch {
    return []; // Not ours, or cut off.
  }
}
