import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

type Parameters = Readonly<Record<string, unknown>>;
interface Reply {
  readonly resolve: (result: Record<string, unknown>) => void;
  readonly reject: (error: Error) => void;
}

/** A Chromium of ours, and the DevTools protocol to it. */
export class DevTools {
  /** Where Playwright attaches. */
  readonly url: string;
  readonly browserEvents = new EventEmitter();
  private readonly browser: ChildProcess;
  private readonly socket: WebSocket;
  private readonly profile: string;
  private readonly replies = new Map<number, Reply>();
  private readonly sessions = new Map<string, EventEmitter>();
  private lastId = 0;

  private constructor(parts: {
    browser: ChildProcess;
    socket: WebSocket;
    url: string;
    profile: string;
  }) {
    this.browser = parts.browser;
    this.socket = parts.socket;
    this.url = parts.url;
    this.profile = parts.profile;
    this.socket.onmessage = (event) => {
      this.receive(JSON.parse(String(event.data)) as Message);
    };
  }

  static async start(chromium: string, extraArguments: readonly string[]): Promise<DevTools> {
    const profile = mkdtempSync(join(tmpdir(), 'electron-stand-in-'));
    const browser = spawn(
      chromium,
      [
        '--remote-debugging-port=0',
        '--remote-allow-origins=*',
        `--user-data-dir=${profile}`,
        '--no-first-run',
        '--no-default-browser-check',
        '--no-startup-window',
        '--disable-background-networking',
        '--disable-component-update',
        '--password-store=basic',
        '--disable-dev-shm-usage',
        ...extraArguments,
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    const url = await endpointOf(browser);
    const socket = new WebSocket(url);
    await new Promise<void>((resolve, reject) => {
      socket.onopen = () => {
        resolve();
      };
      socket.onerror = () => {
        reject(new Error('stand-in: Chromium refused its DevTools socket'));
      };
    });
    const devTools = new DevTools({ browser, socket, url, profile });
    await devTools.send('Target.setDiscoverTargets', { discover: true });
    return devTools;
  }

  onExit(listener: () => void): void {
    this.browser.once('exit', listener);
  }

  send(
    method: string,
    params: Parameters = {},
    sessionId?: string,
  ): Promise<Record<string, unknown>> {
    this.lastId += 1;
    const id = this.lastId;
    return new Promise((resolve, reject) => {
      this.replies.set(id, { resolve, reject });
      this.socket.send(JSON.stringify({ id, method, params, ...(sessionId && { sessionId }) }));
    });
  }

  /** Events of one attached page. */
  session(sessionId: string): EventEmitter {
    const events = this.sessions.get(sessionId) ?? new EventEmitter();
    this.sessions.set(sessionId, events);
    return events;
  }

  async close(): Promise<void> {
    if (this.browser.exitCode === null) {
      const gone = new Promise<void>((resolve) => {
        this.browser.once('exit', () => {
          resolve();
        });
      });
      const giveUp = setTimeout(() => this.browser.kill('SIGKILL'), 3000);
      this.send('Browser.close').catch(() => this.browser.kill());
      await gone;
      clearTimeout(giveUp);
    }
    rmSync(this.profile, { recursive: true, force: true, maxRetries: 3 });
  }

  /** For the moment when this very process ends and cannot wait. */
  kill(): void {
    this.browser.kill('SIGKILL');
  }

  private receive(message: Message): void {
    if (message.id !== undefined) {
      const reply = this.replies.get(message.id);
      this.replies.delete(message.id);
      if (message.error) reply?.reject(new Error(message.error.message));
      else reply?.resolve(message.result ?? {});
      return;
    }
    const events = message.sessionId ? this.sessions.get(message.sessionId) : this.browserEvents;
    if (message.method) events?.emit(message.method, message.params);
  }
}

interface Message {
  readonly id?: number;
  readonly sessionId?: string;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
}

function endpointOf(browser: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    browser.stderr?.on('data', (data: Buffer) => {
      text += data.toString();
      const found = /DevTools listening on (ws:\/\/\S+)/.exec(text);
      if (found?.[1]) resolve(found[1]);
    });
    browser.once('error', reject);
    browser.once('exit', () => {
      reject(new Error(`stand-in: Chromium ended at once: ${text.slice(-500)}`));
    });
  });
}
