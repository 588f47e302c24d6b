import { Menu, Tray, nativeImage } from 'electron';
import { join } from 'node:path';
import type { ProgramFiles } from '../platform/program-files.ts';
import type { ShellActions } from './menu.ts';
import type { ShellText } from './shell-text.ts';

/** The tray icon: the way back to a hidden window, and the way out. */
export class TrayIcon {
  private readonly tray: Tray;

  constructor(files: ProgramFiles) {
    const image = nativeImage.createFromPath(join(files.resourcesFolder, 'tray', 'tray.png'));
    // macOS recolours template images for light and dark menu bars.
    if (process.platform === 'darwin') image.setTemplateImage(true);
    this.tray = new Tray(image);
    this.tray.setToolTip('Millpond');
  }

  update(text: ShellText, actions: ShellActions): void {
    this.tray.setContextMenu(
      Menu.buildFromTemplate([
        { label: text.show, click: actions.show },
        { type: 'separator' },
        { label: text.quit, click: actions.quit },
      ]),
    );
    this.tray.removeAllListeners('click');
    this.tray.on('click', actions.show);
  }
}
