import type { Backoff } from '../src-main/core/async/backoff.ts';
import { liveSocketPath } from './api.ts';
import type { LiveHello, LiveMessage } from './api.ts';

/** The last event this tab has seen: where the runtime goes on after a reconnect. */
export interface LiveCursor {
  readonly epoch: string;
  readonly seq: number;
}

export interface LiveStep {
  readonly cursor: LiveCursor | undefined;
  /** An event to hand out. */
  readonly deliver?: { readonly topic: string; readonly data: unknown };
  /** Events may have been missed: everything must be asked for again. */
  readonly resync?: true;
}

/** What one message of the runtime means for a tab that stands at `cursor`. */
export function advance(cursor: LiveCursor | undefined, message: LiveMessage): LiveStep {
  switch (message.type) {
    case 'welcome': {
      if (message.resumed && cursor !== undefined) return { cursor };
      return { cursor: { epoch: message.epoch, seq: message.seq }, resync: true };
    }
    case 'reset':
      return { cursor, resync: true };
    case 'event': {
      // A replay may overlap with what was already seen.
      if (cursor === undefined || message.seq <= cursor.seq) return { cursor };
      const { seq, topic, data } = message;
      return { cursor: { epoch: cursor.epoch, seq }, deliver: { topic, data } };
    }
  }
}

/** Dials the runtime at an address such as `https://example.org/millpond`. */
export function dialLive(gatewayUrl: string): LiveSocket {
  return new WebSocket(gatewayUrl.replace(/^http/, 'ws') + liveSocketPath);
}

/** The part of a browser's WebSocket that is used. */
export interface LiveSocket {
  addEventListener(type: 'open' | 'close', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  send(text: string): void;
  close(): void;
}

export interface LiveDeps {
  readonly createSocket: () => LiveSocket;
  readonly bearer: () => string | undefined;
  readonly parse: (text: string) => LiveMessage | undefined;
  readonly backoff: Backoff;
  /** Runs `task` after a pause; returns the way to cancel it. */
  readonly later: (task: () => void, delayMs: number) => () => void;
  readonly onEvent: (topic: string, data: unknown) => void;
  readonly onResync: () => void;
  /** The connection was established. */
  readonly onOnline: () => void;
  /** The connection was lost or could not be made; the next attempt follows by itself. */
  readonly onOffline: () => void;
}

export interface Live {
  /** Dials at once instead of at the end of the pause. */
  readonly retryNow: () => void;
  /** Ends the connection for good. */
  readonly close: () => void;
}

/** Keeps the tab's one WebSocket open, and goes on where it was cut. */
export function openLive(deps: LiveDeps): Live {
  let cursor: LiveCursor | undefined;
  let socket: LiveSocket | undefined;
  let cancelRetry: (() => void) | undefined;
  let isClosed = false;

  function receive(text: unknown): void {
    const message = typeof text === 'string' ? deps.parse(text) : undefined;
    if (message === undefined) return;
    const step = advance(cursor, message);
    cursor = step.cursor;
    if (message.type === 'welcome') {
      deps.backoff.reset();
      deps.onOnline();
    }
    if (step.resync === true) deps.onResync();
    if (step.deliver !== undefined) deps.onEvent(step.deliver.topic, step.deliver.data);
  }

  function dial(): void {
    cancelRetry = undefined;
    const token = deps.bearer();
    if (isClosed || token === undefined) return;
    const dialled = deps.createSocket();
    socket = dialled;
    dialled.addEventListener('open', () => {
      const hello: LiveHello = { type: 'hello', token, ...(cursor && { resume: cursor }) };
      dialled.send(JSON.stringify(hello));
    });
    dialled.addEventListener('message', (event) => {
      receive(event.data);
    });
    dialled.addEventListener('close', () => {
      if (isClosed || socket !== dialled) return;
      socket = undefined;
      deps.onOffline();
      cancelRetry = deps.later(dial, deps.backoff.next());
    });
  }

  dial();
  return {
    retryNow() {
      if (cancelRetry === undefined) return;
      cancelRetry();
      dial();
    },
    close() {
      isClosed = true;
      cancelRetry?.();
      socket?.close();
    },
  };
}
