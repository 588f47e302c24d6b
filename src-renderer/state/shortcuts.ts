import { useEffect, useId, useRef } from 'react';
import { create } from 'zustand';
import { isMac, matchesKeys } from '../ui/shortcut-keys.ts';
import type { PressedKeys } from '../ui/shortcut-keys.ts';

export interface Shortcut {
  /** Such as `mod+K`, `alt+ArrowLeft`, `F6` or `/`. `mod` is Cmd on a Mac and Ctrl elsewhere. */
  readonly keys: string;
  /** Another combination for a browser that keeps `keys` to itself, such as Ctrl+N. */
  readonly keysInBrowser?: string;
  /** Translation key of the deed; two shortcuts of one label are listed once. */
  readonly labelKey: string;
  /** False returns the key to the page. */
  readonly run: () => unknown;
}

interface ShortcutState {
  /** In the order in which they appeared; the newest match wins. */
  readonly shortcuts: ReadonlyMap<string, Shortcut>;
}

export const useShortcuts = create<ShortcutState>()(() => ({ shortcuts: new Map() }));

/** The combination that works here: the desktop window gets every key, a browser tab does not. */
export function effectiveKeys(shortcut: Pick<Shortcut, 'keys' | 'keysInBrowser'>): string {
  const isBrowser = globalThis.window.millpondShell === undefined;
  return isBrowser ? (shortcut.keysInBrowser ?? shortcut.keys) : shortcut.keys;
}

/** Offers a shortcut while the component is on screen, and lists it in the shortcuts dialog. */
export function useShortcut(shortcut: Shortcut): void {
  const id = useId();
  const { keys, keysInBrowser, labelKey } = shortcut;
  const run = useRef(shortcut.run);
  useEffect(() => {
    run.current = shortcut.run;
  });
  useEffect(() => {
    const registered: Shortcut = {
      keys,
      labelKey,
      run: () => run.current(),
      ...(keysInBrowser !== undefined && { keysInBrowser }),
    };
    useShortcuts.setState(({ shortcuts }) => ({
      shortcuts: new Map(shortcuts).set(id, registered),
    }));
    return () => {
      useShortcuts.setState(({ shortcuts }) => {
        const rest = new Map(shortcuts);
        rest.delete(id);
        return { shortcuts: rest };
      });
    };
  }, [id, keys, keysInBrowser, labelKey]);
}

/** Whether letters typed at this element belong to it. */
export function takesText(element: EventTarget | null): boolean {
  return (
    element instanceof HTMLElement &&
    (element.isContentEditable ||
      element.matches('input:not([type=checkbox], [type=radio], [type=range]), textarea, select'))
  );
}

/** A single letter or sign; it must not fire while somebody writes. */
function isBareKey(keys: string): boolean {
  return keys.length === 1;
}

/** Runs the newest shortcut that matches; false when none did. */
export function runShortcut(
  shortcuts: Iterable<Shortcut>,
  event: PressedKeys,
  isWriting: boolean,
): boolean {
  for (const shortcut of [...shortcuts].reverse()) {
    const keys = effectiveKeys(shortcut);
    if (isBareKey(keys) && isWriting) continue;
    if (matchesKeys(event, keys, isMac) && shortcut.run() !== false) return true;
  }
  return false;
}

/** Listens for the whole window; an open dialog keeps the keys to itself. */
export function listenForShortcuts(): () => void {
  function onKeyDown(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.isComposing || event.repeat) return;
    if (document.querySelector('dialog[open]') !== null) return;
    const { shortcuts } = useShortcuts.getState();
    if (runShortcut(shortcuts.values(), event, takesText(event.target))) event.preventDefault();
  }
  addEventListener('keydown', onKeyDown);
  return () => {
    removeEventListener('keydown', onKeyDown);
  };
}
