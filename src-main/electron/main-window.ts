import { BrowserWindow, shell } from 'electron';
import type { ProgramFiles } from '../platform/program-files.ts';
import { lockDown } from './security.ts';
import { readWindowState, trackWindowState } from './window-state.ts';

interface MainWindowOptions {
  /** Closing hides the window into the tray instead of ending the app. */
  readonly shouldHideOnClose: () => boolean;
  /** Asks for a login address; `open` follows when it is there. */
  readonly requestLogin: () => void;
}

/** The one window. It shows what the runtime serves over loopback, like any browser would. */
export class MainWindow {
  private readonly files: ProgramFiles;
  private readonly options: MainWindowOptions;
  private window: BrowserWindow | undefined;
  private origin = '';
  /** Resolves when the page that was asked for last stands, or could not be loaded. */
  private loaded: Promise<void> = Promise.resolve();

  constructor(files: ProgramFiles, options: MainWindowOptions) {
    this.files = files;
    this.options = options;
  }

  isOpen(): boolean {
    return this.window !== undefined;
  }

  /** Shows the page behind a one-time login address, in the open window or a new one. */
  open(loginUrl: string): void {
    const { origin } = new URL(loginUrl);
    const before = this.window;
    // What a window may show is settled when it is made; another start may answer at another port.
    const window = before !== undefined && this.origin === origin ? before : this.create(origin);
    if (before !== undefined && before !== window) before.destroy();
    this.loaded = window.loadURL(loginUrl).catch(() => {
      // The page itself shows that the runtime is gone and offers to try again.
    });
    window.show();
  }

  /** Brings the window to the front, or asks for a login to make a new one. */
  show(): void {
    if (!this.window) {
      this.options.requestLogin();
      return;
    }
    if (this.window.isMinimized()) this.window.restore();
    this.window.show();
    this.window.focus();
  }

  /** Tells the page to show another view, such as `/models`, once it stands. */
  navigate(path: string): void {
    const { window } = this;
    void this.loaded.then(() => {
      if (window && !window.isDestroyed()) window.webContents.send('navigate', path);
    });
  }

  private create(origin: string): BrowserWindow {
    const state = readWindowState();
    const window = new BrowserWindow({
      ...state.bounds,
      minWidth: 380,
      minHeight: 480,
      show: false,
      title: 'Millpond',
      backgroundColor: '#0E1615',
      ...(process.platform === 'darwin' && { titleBarStyle: 'hiddenInset' as const }),
      webPreferences: {
        preload: this.files.preloadFile,
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        webviewTag: false,
        spellcheck: true,
      },
    });
    if (state.isMaximized) window.maximize();
    lockDown(window.webContents, origin, (url) => void shell.openExternal(url));
    trackWindowState(window);
    window.on('close', (event) => {
      if (!this.options.shouldHideOnClose()) return;
      event.preventDefault();
      window.hide();
    });
    window.on('closed', () => {
      if (this.window === window) this.window = undefined;
    });
    this.window = window;
    this.origin = origin;
    return window;
  }
}
