import { app, dialog, powerMonitor } from 'electron';
import type { ProgramFiles } from '../platform/program-files.ts';
import type { FromRuntime, ShellPreferences } from '../platform/shell-protocol.ts';
import { deepLinkIn, joinPath } from './deep-link.ts';
import { MainWindow } from './main-window.ts';
import { installMenu } from './menu.ts';
import { importPath, modelFileIn } from './opened-file.ts';
import { startRuntimeProcess } from './runtime-process.ts';
import type { RuntimeArgument, RuntimeProcess } from './runtime-process.ts';
import { shellText } from './shell-text.ts';
import { startAtLogin, wasStartedAtLogin } from './start-at-login.ts';
import { askAboutTrouble, showReport } from './trouble.ts';
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
  /** Why it could not start. */
  private failure: string | undefined;
  /** It asked to be started anew. */
  private next: readonly RuntimeArgument[] | undefined;
  private hasCrashedBefore = false;
  private isInTrouble = false;
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
    this.launch(process.argv.includes('--safe') ? ['--safe'] : []);
    powerMonitor.on('resume', () => this.runtime?.resumed());
    this.refreshChrome();
  }

  /** Starts the runtime: at first, and anew whenever it asked for that or somebody chose it. */
  private launch(args: readonly RuntimeArgument[]): void {
    this.failure = undefined;
    this.next = undefined;
    this.phase = 'starting';
    this.runtime = startRuntimeProcess(this.files, args, (message) => {
      this.onRuntimeMessage(message);
    });
    void this.runtime.exited.then((code) => this.onRuntimeExit(code));
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
    // The report's page is followed by another start.
    if (process.platform !== 'darwin' && !this.isInTrouble) app.quit();
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
        this.failure = message.message;
        return;
      case 'restart':
        this.next = message.mode === 'safe' ? ['--safe'] : ['--anyway'];
        return;
      case 'crashed-before':
        this.hasCrashedBefore = true;
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
      case 'report':
      case 'launch':
      case 'kill':
      case 'stopped':
        return; // The runtime process itself deals with these.
    }
  }

  private async onRuntimeExit(code: number): Promise<void> {
    const wasAskedTo = this.phase === 'stopping';
    this.phase = 'stopped';
    if (this.next !== undefined && !wasAskedTo) {
      this.launch(this.next);
      return;
    }
    if (this.hasCrashedBefore) {
      this.hasCrashedBefore = false;
      await this.offerWaysOut('crashed-before');
      return;
    }
    if (wasAskedTo || code === 0) {
      app.quit();
      return;
    }
    await this.offerWaysOut('cannot-start');
  }

  /** There is no runtime now, and so no window that could show anything. */
  private async offerWaysOut(why: 'crashed-before' | 'cannot-start'): Promise<void> {
    const text = shellText(this.preferences.language);
    const said =
      why === 'crashed-before'
        ? { message: text.crashedBefore, detail: text.crashedBeforeDetail }
        : { message: text.cannotStart, detail: this.failure ?? text.runtimeEnded };
    this.isInTrouble = true;
    const choice = await askAboutTrouble(text, said, ['safe', 'again', 'report', 'quit']);
    const last = choice === 'report' ? await showReport(text, await this.report()) : choice;
    this.isInTrouble = false;
    if (last === 'safe') this.launch(['--safe']);
    else if (last === 'again') this.launch(['--anyway']);
    else app.exit(1);
  }

  /** Written by a process of its own that starts no runtime. */
  private report(): Promise<string> {
    return new Promise((resolve) => {
      const aid = startRuntimeProcess(this.files, ['--first-aid'], (message) => {
        if (message.type !== 'report') return;
        resolve(message.text);
        aid.stop();
      });
      void aid.exited.then(() => {
        resolve(this.failure ?? shellText(this.preferences.language).runtimeEnded);
      });
    });
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
