import { useShortcut } from '../../../state/shortcuts.ts';
import type { Conversation } from '../state/conversation.ts';
import { regenerate, switchBranch } from '../state/deeds.ts';
import type { SiblingPlace } from '../state/tree.ts';

/** Alt with the arrows walks between versions of the focused turn, else of the last that has some. */
export function useBranchKeys(
  conversation: Conversation,
  places: ReadonlyMap<string, SiblingPlace>,
): void {
  const step = (by: number): boolean => {
    if (isWriting()) return false;
    const place = focusedPlace(places) ?? [...places.values()].findLast(hasVersions);
    const next = place?.ids[place.index + by];
    if (next === undefined) return false;
    switchBranch(conversation.chat.id, next);
    return true;
  };
  useShortcut({ keys: 'alt+ArrowLeft', labelKey: 'chat.branch.previous', run: () => step(-1) });
  useShortcut({ keys: 'alt+ArrowRight', labelKey: 'chat.branch.next', run: () => step(1) });
  useShortcut({
    keys: 'mod+R',
    keysInBrowser: 'alt+R',
    labelKey: 'chat.action.again',
    run: () => {
      const leaf = conversation.messages[conversation.leafId ?? ''];
      if (leaf?.role !== 'assistant') return false;
      // The answer itself shows why when this is refused.
      regenerate(leaf.chatId, leaf.id, undefined).catch(() => undefined);
      return true;
    },
  });
}

/** In a text these keys move the caret by words. */
function isWriting(): boolean {
  return (
    document.activeElement instanceof HTMLTextAreaElement && document.activeElement.value !== ''
  );
}

function hasVersions(place: SiblingPlace): boolean {
  return place.ids.length > 1;
}

function focusedPlace(places: ReadonlyMap<string, SiblingPlace>): SiblingPlace | undefined {
  const turn = document.activeElement?.closest('[data-turn]')?.getAttribute('data-turn');
  const place = typeof turn === 'string' ? places.get(turn) : undefined;
  return place !== undefined && hasVersions(place) ? place : undefined;
}
