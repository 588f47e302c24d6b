import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import type { DevTools } from './devtools.ts';
import { preloadScript } from './preload-script.ts';

interface WindowOptions {
  readonly width?: number;
  readonly height?: number;
  readonly x?: number;
  readonly y?: number;
  readonly show?: boolean;
  readonly title?: string;
  readonly webPreferences?: { readonly preload?: string; readonly sandbox?: boolean };
}

interface Surroundings {
  readonly devTools: DevTools;
  readonly app: EventEmitter;
  readonly onLastWindowGone: () => void;
}

type OpenHandler = (details: { url: string }) => { action: string };
interface Bounds {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** One page of the app, shown in a Chromium target. */
class WebContents extends EventEmitter {
  readonly permissionHandlers: unknown[] = [];
  readonly session = {
    setPermissionRequestHandler: (handler: unknown) => this.permissionHandlers.push(handler),
    setPermissionCheckHandler: () => {},
  };
  targetId: string | undefined;
  openHandler: OpenHandler | undefined;
  readonly opened: Promise<void>;
  private readonly around: Surroundings;
  private sessionId: string | undefined;
  private url = '';
  private isGone = false;

  constructor(around: Surroundings, options: WindowOptions) {
    super();
    this.around = around;
    this.opened = this.open(options);
    this.opened.catch(() => {});
  }

  async loadURL(url: string): Promise<void> {
    await this.opened;
    const loaded = new Promise<void>((resolve) => {
      this.once('did-finish-load', () => {
        resolve();
      });
    });
    const answer = await this.command('Page.navigate', { url });
    if (typeof answer['errorText'] === 'string') {
      throw new Error(`${answer['errorText']} loading '${url}'`);
    }
    if (answer['loaderId']) await loaded;
  }

  send(channel: string, ...values: unknown[]): void {
    const call = `window.__standInReceive?.(${JSON.stringify({ channel, values })})`;
    void this.opened
      .then(() => this.command('Runtime.evaluate', { expression: call }))
      .catch(() => {});
  }

  async executeJavaScript(expression: string): Promise<unknown> {
    await this.opened;
    const options = { expression, awaitPromise: true, returnByValue: true };
    const answer = await this.command('Runtime.evaluate', options);
    if (answer['exceptionDetails']) throw new Error(JSON.stringify(answer['exceptionDetails']));
    return (answer['result'] as { value?: unknown }).value;
  }

  setWindowOpenHandler(handler: OpenHandler): void {
    this.openHandler = handler;
  }

  getURL(): string {
    return this.url;
  }

  isDestroyed(): boolean {
    return this.isGone;
  }

  bringToFront(): void {
    void this.opened.then(() => this.command('Page.bringToFront')).catch(() => {});
  }

  destroy(): void {
    if (this.isGone) return;
    this.isGone = true;
    void this.opened
      .then(() => this.around.devTools.send('Target.closeTarget', { targetId: this.targetId }))
      .catch(() => {});
    this.emit('destroyed');
  }

  private async open({ width = 800, height = 600, webPreferences }: WindowOptions): Promise<void> {
    const { devTools } = this.around;
    const target = await devTools.send('Target.createTarget', {
      url: 'about:blank',
      newWindow: true,
      width,
      height,
    });
    this.targetId = String(target['targetId']);
    const attached = await devTools.send('Target.attachToTarget', {
      targetId: this.targetId,
      flatten: true,
    });
    this.sessionId = String(attached['sessionId']);
    await this.command('Page.enable');
    await this.command('Runtime.enable');
    this.followPage(devTools.session(this.sessionId));
    await this.interceptNavigation(devTools.session(this.sessionId));
    if (webPreferences?.preload) {
      const source = preloadScript(readFileSync(webPreferences.preload, 'utf8'));
      await this.command('Page.addScriptToEvaluateOnNewDocument', { source });
    }
    devTools.browserEvents.on('Target.targetDestroyed', (event: { targetId: string }) => {
      if (event.targetId !== this.targetId || this.isGone) return;
      this.isGone = true;
      this.emit('destroyed');
    });
  }

  private followPage(page: EventEmitter): void {
    page.on('Page.loadEventFired', () => this.emit('did-finish-load'));
    page.on('Page.frameNavigated', ({ frame }: { frame: { parentId?: string; url: string } }) => {
      if (frame.parentId) return;
      this.url = frame.url;
      this.emit('did-navigate', {}, frame.url);
    });
    page.on('Page.windowOpen', ({ url }: { url: string }) => {
      this.openHandler?.({ url });
    });
  }

  /** Pauses document requests, so that `will-navigate` can refuse them as it does in Electron. */
  private async interceptNavigation(page: EventEmitter): Promise<void> {
    await this.command('Fetch.enable', {
      patterns: [{ resourceType: 'Document', requestStage: 'Request' }],
    });
    page.on('Fetch.requestPaused', (paused: { requestId: string; request: { url: string } }) => {
      const { requestId, request } = paused;
      const decision = { isRefused: false };
      const isFirst = this.url === '' || this.url === 'about:blank';
      if (!isFirst) {
        this.emit(
          'will-navigate',
          { preventDefault: () => (decision.isRefused = true) },
          request.url,
        );
      }
      const answer = decision.isRefused
        ? this.command('Fetch.failRequest', { requestId, errorReason: 'Aborted' })
        : this.command('Fetch.continueRequest', { requestId });
      answer.catch(() => {});
    });
  }

  private command(
    method: string,
    params: Readonly<Record<string, unknown>> = {},
  ): Promise<Record<string, unknown>> {
    return this.around.devTools.send(method, params, this.sessionId);
  }
}

/** Makes the `BrowserWindow` class for one running stand-in. */
export function createBrowserWindowClass(around: Surroundings) {
  const all = new Set<BrowserWindow>();

  class BrowserWindow extends EventEmitter {
    readonly webContents: WebContents;
    private bounds: Bounds;
    private isShown: boolean;
    private isMax = false;

    constructor(options: WindowOptions = {}) {
      super();
      const { x = 0, y = 0, width = 800, height = 600 } = options;
      this.bounds = { x, y, width, height };
      this.isShown = options.show !== false;
      this.webContents = new WebContents(around, options);
      all.add(this);
      this.webContents.once('destroyed', () => {
        all.delete(this);
        this.emit('closed');
        if (all.size === 0) around.onLastWindowGone();
      });
      around.app.emit('browser-window-created', {}, this);
    }

    static getAllWindows(): BrowserWindow[] {
      return [...all];
    }

    static fromWebContents(contents: unknown): BrowserWindow | null {
      return [...all].find((window) => window.webContents === contents) ?? null;
    }

    loadURL(url: string): Promise<void> {
      return this.webContents.loadURL(url);
    }

    show(): void {
      this.isShown = true;
      this.emit('show');
    }

    hide(): void {
      this.isShown = false;
      this.emit('hide');
    }

    focus(): void {
      this.webContents.bringToFront();
    }

    maximize(): void {
      this.isMax = true;
    }

    restore(): void {
      this.isMax = false;
    }

    isVisible(): boolean {
      return this.isShown;
    }

    isMinimized(): boolean {
      return false;
    }

    isMaximized(): boolean {
      return this.isMax;
    }

    isDestroyed(): boolean {
      return this.webContents.isDestroyed();
    }

    getNormalBounds(): Bounds {
      return this.bounds;
    }

    getBounds(): Bounds {
      return this.bounds;
    }

    setBounds(bounds: Partial<Bounds>): void {
      this.bounds = { ...this.bounds, ...bounds };
    }

    close(): void {
      const decision = { isPrevented: false };
      this.emit('close', { preventDefault: () => (decision.isPrevented = true) });
      if (!decision.isPrevented) this.webContents.destroy();
    }

    destroy(): void {
      this.webContents.destroy();
    }
  }
  return BrowserWindow;
}
