export interface ComposerKey {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

export interface ComposerSituation {
  readonly sendWith: 'enter' | 'ctrl-enter';
  readonly isEmpty: boolean;
  /** The key belongs to an input method. */
  readonly isComposing: boolean;
}

export type ComposerDeed = 'send' | 'newline' | 'edit-last' | 'none';

/**
 * What a key press in the composer means. `none` leaves it to the browser; `newline` is named apart
 * because Ctrl+Enter inserts nothing by itself.
 */
export function composerDeed(key: ComposerKey, situation: ComposerSituation): ComposerDeed {
  if (situation.isComposing) return 'none';
  if (key.key === 'ArrowUp' && situation.isEmpty && !hasModifier(key)) return 'edit-last';
  if (key.key !== 'Enter' || key.shiftKey || key.altKey) return 'none';
  const withControl = key.ctrlKey || key.metaKey;
  if (situation.sendWith === 'ctrl-enter') return withControl ? 'send' : 'none';
  return withControl ? 'newline' : 'send';
}

function hasModifier(key: ComposerKey): boolean {
  return key.shiftKey || key.ctrlKey || key.metaKey || key.altKey;
}
