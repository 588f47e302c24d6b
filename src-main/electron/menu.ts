import { Menu } from 'electron';
import type { MenuItemConstructorOptions } from 'electron';
import type { ShellText } from './shell-text.ts';

export interface ShellActions {
  readonly show: () => void;
  /** Opens a view of the window by its path. */
  readonly navigate: (path: string) => void;
  readonly quit: () => void;
}

/** The native menu. Accelerators are the window's own shortcuts, so both always agree. */
export function installMenu(text: ShellText, actions: ShellActions): void {
  const isMac = process.platform === 'darwin';
  const go = (label: string, path: string, accelerator: string): MenuItemConstructorOptions => ({
    label,
    accelerator,
    click: () => {
      actions.navigate(path);
    },
  });
  const settings = go(text.settings, '/settings', 'CmdOrCtrl+,');
  const application: MenuItemConstructorOptions = {
    label: 'Millpond',
    submenu: [
      ...(isMac ? [{ role: 'about' as const }, { type: 'separator' as const }] : []),
      settings,
      { type: 'separator' },
      ...(isMac ? [{ role: 'hide' as const }, { role: 'hideOthers' as const }] : []),
      { label: text.quit, accelerator: 'CmdOrCtrl+Q', click: actions.quit },
    ],
  };
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      application,
      { label: text.edit, role: 'editMenu' },
      { label: text.view, role: 'viewMenu' },
      pagesMenu(text, actions),
      { label: text.window, role: 'windowMenu' },
      helpMenu(text, actions),
    ]),
  );
}

function pagesMenu(text: ShellText, { navigate }: ShellActions): MenuItemConstructorOptions {
  const pages = [
    [text.chat, '/chat'],
    [text.models, '/models'],
    [text.server, '/server'],
    [text.activity, '/activity'],
  ] as const;
  return {
    label: text.go,
    submenu: pages.map(([label, path]) => ({
      label,
      click: () => {
        navigate(path);
      },
    })),
  };
}

function helpMenu(text: ShellText, { navigate }: ShellActions): MenuItemConstructorOptions {
  return {
    label: text.helpMenu,
    role: 'help',
    submenu: [
      {
        label: text.help,
        click: () => {
          navigate('/settings/help');
        },
      },
    ],
  };
}
