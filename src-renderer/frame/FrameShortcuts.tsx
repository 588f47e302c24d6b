import { useEffect, useState } from 'react';
import { navigate, parseRoute } from '../router.ts';
import { fileToImport, offerFile } from '../state/opened-file.ts';
import { inviteLinkOf, openInvite } from '../state/opened-invite.ts';
import { listenForShortcuts, useShortcut } from '../state/shortcuts.ts';
import { focusNextRegion } from './regions.ts';
import { ShortcutsDialog } from './ShortcutsDialog.tsx';

/** The keys that work on every page, and the dialog that lists all keys. */
export function FrameShortcuts() {
  const [isListOpen, setIsListOpen] = useState(false);
  useEffect(listenForShortcuts, []);
  useEffect(() => {
    globalThis.window.millpondShell?.onNavigate((path) => {
      const { pathname, hash } = new URL(path, globalThis.location.origin);
      const invite = inviteLinkOf(pathname, hash);
      if (invite !== undefined) openInvite(invite);
      const file = fileToImport(pathname, hash);
      if (file !== undefined) offerFile(file);
      navigate(invite === undefined ? parseRoute(pathname) : { page: 'pool', place: 'new' });
    });
  }, []);
  useShortcut({
    keys: 'mod+,',
    labelKey: 'frame.shortcuts.settings',
    run: () => {
      navigate({ page: 'settings' });
    },
  });
  useShortcut({
    keys: 'F6',
    labelKey: 'frame.shortcuts.nextRegion',
    run: () => {
      focusNextRegion(false);
    },
  });
  useShortcut({
    keys: 'shift+F6',
    labelKey: 'frame.shortcuts.previousRegion',
    run: () => {
      focusNextRegion(true);
    },
  });
  useShortcut({
    keys: 'mod+/',
    labelKey: 'frame.shortcuts.list',
    run: () => {
      setIsListOpen(true);
    },
  });
  if (!isListOpen) return null;
  return (
    <ShortcutsDialog
      onClose={() => {
        setIsListOpen(false);
      }}
    />
  );
}
