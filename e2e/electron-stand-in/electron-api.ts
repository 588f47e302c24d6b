import { EventEmitter } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DevTools } from './devtools.ts';
import { MessageChannelMain, utilityProcess } from './utility-process.ts';
import { createBrowserWindowClass } from './windows.ts';

export interface StandInOptions {
  readonly devTools: DevTools;
  readonly appFolder: string;
  readonly userDataFolder: string;
  readonly switches: ReadonlyMap<string, string>;
}

/** Everything the shell did that has no visible effect here; tests read it from `app.standInRecord`. */
interface StandInRecord {
  readonly openedOutside: string[];
  readonly dialogs: unknown[];
  readonly loginItems: unknown[];
  readonly protocols: string[];
  applicationMenu: unknown;
  trayMenu: unknown;
}

/** The part of Electron's main-process API that the shell uses; the rest throws by name. */
export function createElectronApi(options: StandInOptions): Record<string, unknown> {
  const record: StandInRecord = {
    openedOutside: [],
    dialogs: [],
    loginItems: [],
    protocols: [],
    applicationMenu: undefined,
    trayMenu: undefined,
  };
  const app = createApp(options, record);
  const BrowserWindow = createBrowserWindowClass({
    devTools: options.devTools,
    app,
    onLastWindowGone: () => {
      if (!app.isQuitting) app.emit('window-all-closed');
    },
  });
  app.closeWindows = () => {
    for (const window of BrowserWindow.getAllWindows()) window.destroy();
  };
  const webContents = {
    getAllWebContents: () => BrowserWindow.getAllWindows().map((window) => window.webContents),
    fromDevToolsTargetId: (id: string) =>
      BrowserWindow.getAllWindows().find((window) => window.webContents.targetId === id)
        ?.webContents,
  };
  return withRefusals({
    app,
    BrowserWindow,
    webContents,
    MessageChannelMain,
    utilityProcess,
    ...desktopParts(record),
  });
}

class App extends EventEmitter {
  readonly standInRecord: StandInRecord;
  isQuitting = false;
  isPackaged = false;
  closeWindows: () => void = () => {};
  private readonly options: StandInOptions;
  private readonly version: string;
  private markReady: () => void = () => {};
  private readonly ready = new Promise<void>((resolve) => {
    this.markReady = resolve;
  });

  readonly commandLine = {
    appendSwitch: () => {},
    hasSwitch: (name: string) => this.options.switches.has(name),
    getSwitchValue: (name: string) => this.options.switches.get(name) ?? '',
  };

  constructor(options: StandInOptions, record: StandInRecord) {
    super();
    this.options = options;
    this.standInRecord = record;
    const manifest = readFileSync(join(options.appFolder, 'package.json'), 'utf8');
    this.version = (JSON.parse(manifest) as { version: string }).version;
  }

  /** Called by the stand-in once the main entry was read. */
  becomeReady(): void {
    this.emit('ready', {});
    this.markReady();
  }

  whenReady(): Promise<void> {
    return this.ready;
  }

  getVersion(): string {
    return this.version;
  }

  getLocale(): string {
    return 'en-US';
  }

  getAppPath(): string {
    return this.options.appFolder;
  }

  getPath(name: string): string {
    const { userDataFolder } = this.options;
    const paths: Record<string, string> = {
      userData: userDataFolder,
      home: homedir(),
      temp: tmpdir(),
    };
    return paths[name] ?? join(userDataFolder, name);
  }

  requestSingleInstanceLock(): boolean {
    return true;
  }

  setAsDefaultProtocolClient(protocol: string): boolean {
    this.standInRecord.protocols.push(protocol);
    return true;
  }

  setLoginItemSettings(settings: unknown): void {
    this.standInRecord.loginItems.push(settings);
  }

  quit(): void {
    if (this.isQuitting) return;
    const decision = { isPrevented: false };
    this.emit('before-quit', { preventDefault: () => (decision.isPrevented = true) });
    if (decision.isPrevented) return;
    this.exit(0);
  }

  exit(code = 0): void {
    if (this.isQuitting) return;
    this.isQuitting = true;
    this.closeWindows();
    this.emit('quit', {}, code);
    void this.options.devTools.close().finally(() => process.exit(code));
  }
}

function createApp(options: StandInOptions, record: StandInRecord): App {
  mkdirSync(options.userDataFolder, { recursive: true });
  return new App(options, record);
}

function desktopParts(record: StandInRecord): Record<string, unknown> {
  const Menu = {
    buildFromTemplate: (items: unknown) => ({ items }),
    setApplicationMenu: (menu: unknown) => {
      record.applicationMenu = menu;
    },
  };
  class Tray extends EventEmitter {
    setToolTip(): void {}
    setContextMenu(menu: unknown): void {
      record.trayMenu = menu;
    }
  }
  const image = { isEmpty: () => false, setTemplateImage: () => {} };
  return {
    Menu,
    Tray,
    nativeImage: { createFromPath: () => image },
    shell: {
      openExternal: (url: string) => {
        record.openedOutside.push(url);
        return Promise.resolve();
      },
    },
    dialog: {
      showErrorBox: (title: string, content: string) => record.dialogs.push({ title, content }),
      showMessageBox: (message: unknown) => {
        record.dialogs.push(message);
        return Promise.resolve({ response: 0, checkboxChecked: false });
      },
    },
    // This machine does not sleep while it tests: nothing is ever emitted by itself.
    powerMonitor: new EventEmitter(),
    screen: {
      getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }],
    },
  };
}

/** Whatever is not imitated fails loudly at its first use. */
function withRefusals(known: Record<string, unknown>): Record<string, unknown> {
  const others = [
    'ipcMain',
    'safeStorage',
    'powerSaveBlocker',
    'Notification',
    'autoUpdater',
    'globalShortcut',
    'nativeTheme',
    'clipboard',
    'net',
    'protocol',
    'session',
    'WebContentsView',
    'BaseWindow',
  ];
  return { ...Object.fromEntries(others.map((name) => [name, refusal(name)])), ...known };
}

function refusal(name: string): unknown {
  return new Proxy(
    {},
    {
      get(_target, property) {
        if (property === 'then' || typeof property === 'symbol') return undefined;
        throw new Error(`stand-in: ${name}.${property} is not imitated`);
      },
    },
  );
}
