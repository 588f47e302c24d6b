/** The part of a keyboard event that decides about a shortcut. */
export interface PressedKeys {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

/**
 * Whether an event is the combination `keys`, written like `mod+K`, `mod+/`, `alt+ArrowLeft` or `F6`.
 * `mod` is Cmd on a Mac and Ctrl elsewhere. Shift is ignored for signs that need it on some layouts.
 */
export function matchesKeys(event: PressedKeys, keys: string, isMac: boolean): boolean {
  const parts = splitKeys(keys);
  const key = parts.at(-1) ?? '';
  const wants = (name: string) => parts.slice(0, -1).includes(name);
  const isLetter = /^[a-z0-9]$/i.test(key) || key.length > 1;
  return (
    event.key.toLowerCase() === key.toLowerCase() &&
    (isMac ? event.metaKey : event.ctrlKey) === wants('mod') &&
    !(isMac ? event.ctrlKey : event.metaKey) &&
    event.altKey === wants('alt') &&
    (!isLetter || event.shiftKey === wants('shift'))
  );
}

/** The keys as they are printed on the keyboard: `Ctrl`, `K`, or `⌘`, `K`. */
export function keyNames(keys: string, isMac: boolean): readonly string[] {
  const names: Record<string, string> = isMac
    ? { mod: '⌘', alt: '⌥', shift: '⇧', Enter: '↩', Escape: 'Esc' }
    : { mod: 'Ctrl', alt: 'Alt', shift: 'Shift', Escape: 'Esc' };
  const arrows: Record<string, string> = {
    ArrowUp: '↑',
    ArrowDown: '↓',
    ArrowLeft: '←',
    ArrowRight: '→',
  };
  return splitKeys(keys).map(
    (key) => names[key] ?? arrows[key] ?? (key.length === 1 ? key.toUpperCase() : key),
  );
}

function splitKeys(keys: string): readonly string[] {
  return keys.endsWith('++') ? [...keys.slice(0, -2).split('+'), '+'] : keys.split('+');
}

export const isMac = /Mac|iPhone|iPad/.test(globalThis.navigator.userAgent);
