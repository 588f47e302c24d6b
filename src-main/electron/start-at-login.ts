import { app } from 'electron';
import { homedir } from 'node:os';
import { autostartFile, autostartFolder, writeAutostart } from './autostart.ts';

/** Said by the system when it starts Millpond at login: the tray appears, no window. */
export const hiddenSwitch = '--hidden';

/** Carries out the choice; Electron does for macOS and Windows what a file does on Linux. */
export function startAtLogin(isOn: boolean): void {
  if (process.platform === 'linux') {
    const folder = autostartFolder(process.env, homedir());
    writeAutostart(folder, isOn ? autostartFile(programWords(), [hiddenSwitch]) : undefined);
    return;
  }
  app.setLoginItemSettings({
    openAtLogin: isOn,
    ...(process.platform === 'win32' && {
      // The uninstaller takes the entry away by this name.
      name: 'Millpond',
      path: process.execPath,
      args: [
        ...programWords()
          .slice(1)
          .map((word) => `"${word}"`),
        hiddenSwitch,
      ],
    }),
  });
}

/** Whether this start was the system's own at login. */
export function wasStartedAtLogin(argv: readonly string[]): boolean {
  if (argv.includes(hiddenSwitch)) return true;
  return process.platform === 'darwin' && app.getLoginItemSettings().wasOpenedAtLogin;
}

/** An AppImage is started by its own file; a checkout by Electron and its folder. */
function programWords(): readonly string[] {
  const image = process.env['APPIMAGE'];
  if (image) return [image];
  return app.isPackaged ? [process.execPath] : [process.execPath, app.getAppPath()];
}
