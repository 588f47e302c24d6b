import { app, dialog, powerMonitor } from 'electron';
import type { ProgramFiles } from '../platform/program-files.ts';
import type { FromRuntime, ShellPreferences } from '../platform/shell-protocol.ts';
import { deepLinkIn, joinPath } from './deep-link.ts';
import { MainWindow } from './main-window.ts';
import { installMenu } from './menu.ts';
import { importPath, modelFileIn } from './opened-file.ts';
import { startRuntimeProcess } from './runtime-process.ts';
import type { RuntimeProcess } from './runtime-process.ts';
import { shellText } from './shell-text.ts';
import { startAtLogin, wasStartedAtLogin } from './start-at-login.ts';
import { TrayIcon } from './tray.ts';

const protocol = 'millpond';

/**
 * The desktop shell: window, tray, menu and deep links around a runtime that lives in a utility
 * process. Returns at once when another copy of the app is open; that one comes to the front.
 */
export function startDesktop(files: ProgramFiles): void {
  if (!app.requestSingleInstanceLock()) {
    app.quit();
    return;
  }
  app.setAsDefaultProtocolClient(protocol);
  const desktop = new Desktop(files);
  app.on('second-instance', (_event, argv, workingFolder) => {
    desktop.show();
    desktop.ask(askedFor(argv, workingFolder));
  });
  app.on('open-url', (event, url) => {
    event.preventDefault();
    desktop.ask(askedFor([url], '/'));
  });
  app.on('open-file', (event, file) => {
    event.preventDefault();
    desktop.ask(askedFor([file], '/'));
  });
  app.on('activate', () => {
    desktop.show();
  });
  app.on('window-all-closed', () => {
    desktop.onAllWindowsClosed();
  });
  app.on('before-quit', (event) => {
    desktop.onBeforeQuit(event);
  });
  void app
    .whenReady()
    .then(() => {
      desktop.start();
      desktop.ask(askedFor(process.argv, process.cwd()));
    })
    .catch((error: unknown) => {
      dialog.showErrorBox('Millpond', error instanceof Error ? error.message : String(error));
      app.exit(1);
    });
}

/** The view that asks about the link or file that the system handed over, if it is one that we know. */
function askedFor(argv: readonly string[], workingFolder: string): string | undefined {
  const link = deepLinkIn(argv);
  if (link) return joinPath(link);
  const file = modelFileIn(argv, workingFolder);
  return file === undefined ? undefined : importPath(file);
}

/** - `starting` no window yet · `running` · `stopping` the runtime finishes · `stopped` may quit */
type Phase = 'starting' | 'running' | 'stopping' | 'stopped';

class Desktop {
  private readonly files: ProgramFiles;
  private readonly window: MainWindow;
  private phase: Phase = 'starting';
  private runtime: RuntimeProcess | undefined;
  private tray: TrayIcon | undefined;
  private preferences: ShellPreferences = {
    closeToTray: false,
    startAtLogin: false,
    language: 'system',
  };
  /** The view that waits for a window. */
  private pendingPath: string | undefined;
  /** At login Millpond stays in the tray until somebody asks for it. */
  private isHidden = wasStartedAtLogin(process.argv);

  constructor(files: ProgramFiles) {
    this.files = files;
    this.window = new MainWindow(files, {
      shouldHideOnClose: () => this.preferences.closeToTray && this.phase === 'running',
      requestLogin: () => this.runtime?.requestLogin(),
    });
  }

  start(): void {
    this.runtime = startRuntimeProcess(this.files, (message) => {
      this.onRuntimeMessage(message);
    });
    powerMonitor.on('resume', () => this.runtime?.resumed());
    void this.runtime.exited.then((code) => {
      this.onRuntimeExit(code);
    });
    this.refreshChrome();
  }

  show(): void {
    this.window.show();
  }

  /** Shows a view that asks a person, once there is a window for it. */
  ask(path: string | undefined): void {
    if (path === undefined) return;
    this.pendingPath = path;
    if (this.phase === 'running') this.showPending();
  }

  onAllWindowsClosed(): void {
    if (process.platform !== 'darwin') app.quit();
  }

  /** Quitting waits for the runtime, so that running answers are kept. */
  onBeforeQuit(event: { preventDefault(): void }): void {
    if (this.phase === 'stopped' || !this.runtime) return;
    event.preventDefault();
    if (this.phase === 'stopping') return;
    this.phase = 'stopping';
    this.runtime.stop();
  }

  private onRuntimeMessage(message: FromRuntime): void {
    switch (message.type) {
      case 'ready':
        if (this.phase === 'starting') this.phase = 'running';
        if (this.isHidden && this.pendingPath === undefined) return;
        this.window.open(message.loginUrl);
        this.showPending();
        return;
      case 'login':
        this.window.open(message.loginUrl);
        this.showPending();
        return;
      case 'failed':
        dialog.showErrorBox('Millpond', message.message);
        return;
      case 'preferences':
        this.preferences = message.preferences;
        startAtLogin(message.preferences.startAtLogin);
        this.refreshChrome();
        return;
      case 'replaced':
        // Not the image that this one was mounted from, which an update leaves behind.
        app.relaunch(process.env['APPIMAGE'] ? { execPath: process.env['APPIMAGE'] } : {});
        return;
      case 'launch':
      case 'kill':
      case 'stopped':
        return; // The runtime process itself deals with these.
    }
  }

  private onRuntimeExit(code: number): void {
    const wasAskedTo = this.phase === 'stopping';
    this.phase = 'stopped';
    if (wasAskedTo || code === 0) {
      app.quit();
      return;
    }
    dialog.showErrorBox('Millpond', shellText(this.preferences.language).runtimeEnded);
    app.exit(1);
  }

  private refreshChrome(): void {
    const text = shellText(this.preferences.language);
    const actions = {
      show: () => {
        this.show();
      },
      navigate: (path: string) => {
        this.show();
        this.window.navigate(path);
      },
      quit: () => {
        app.quit();
      },
    };
    installMenu(text, actions);
    this.tray ??= new TrayIcon(this.files);
    this.tray.update(text, actions);
  }

  private showPending(): void {
    const path = this.pendingPath;
    if (path === undefined) return;
    this.show();
    // Without a window one was asked for just now; the view follows with it.
    if (!this.window.isOpen()) return;
    this.pendingPath = undefined;
    this.window.navigate(path);
  }
}
