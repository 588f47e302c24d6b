import { create } from 'zustand';

/** Which parts of the page are open. They are a matter of this tab, not of the chat. */
export interface ChatLayout {
  /** The list beside the conversation; `mod+B` folds it away. */
  readonly hasList: boolean;
  /** The list as a drawer, where the window is too narrow for it. */
  readonly hasDrawer: boolean;
  readonly hasPanel: boolean;
  /** The picker of the composer. */
  readonly hasPicker: boolean;
}

export const useLayout = create<ChatLayout>()(() => ({
  hasList: true,
  hasDrawer: false,
  hasPanel: false,
  hasPicker: false,
}));

export const narrowWindow = '(max-width: 720px)';

/** Shows or hides the list, whichever form it has in this window. */
export function toggleList(): void {
  const part = matchMedia(narrowWindow).matches ? 'hasDrawer' : 'hasList';
  useLayout.setState((layout) => ({ [part]: !layout[part] }));
}
