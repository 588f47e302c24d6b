import { describe, expect, test } from 'vitest';
import type { LiveMessage } from './api.ts';
import { advance, openLive } from './live.ts';
import type { Live, LiveCursor, LiveDeps, LiveSocket } from './live.ts';

const welcome = (resumed: boolean, seq = 7): LiveMessage => ({
  type: 'welcome',
  epoch: 'one',
  seq,
  resumed,
});
const event = (seq: number): LiveMessage => ({ type: 'event', seq, topic: 'a', data: seq });
const at = (seq: number): LiveCursor => ({ epoch: 'one', seq });

describe('advance', () => {
  test('a first welcome sets the position and asks for everything', () => {
    expect(advance(undefined, welcome(false))).toEqual({ cursor: at(7), resync: true });
  });

  test('a resumed welcome keeps the position, because the missed events follow', () => {
    expect(advance(at(3), welcome(true))).toEqual({ cursor: at(3) });
  });

  test('a welcome of another life of the runtime asks for everything again', () => {
    const step = advance({ epoch: 'zero', seq: 90 }, welcome(false, 2));
    expect(step).toEqual({ cursor: at(2), resync: true });
  });

  test('an event is delivered once and moves the position', () => {
    const first = advance(at(3), event(4));
    expect(first).toEqual({ cursor: at(4), deliver: { topic: 'a', data: 4 } });
    expect(advance(first.cursor, event(4))).toEqual({ cursor: at(4) });
  });

  test('a reset asks for everything', () => {
    expect(advance(at(3), { type: 'reset' }).resync).toBe(true);
  });
});

class FakeSocket implements LiveSocket {
  readonly sent: unknown[] = [];
  isClosed = false;
  private readonly listeners = new Map<string, (event: { readonly data: unknown }) => void>();

  addEventListener(type: string, listener: (event: { readonly data: unknown }) => void): void {
    this.listeners.set(type, listener);
  }
  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }
  close(): void {
    this.isClosed = true;
    this.fire('close');
  }
  fire(type: string, data?: unknown): void {
    this.listeners.get(type)?.({ data });
  }
  receive(message: LiveMessage): void {
    this.fire('message', JSON.stringify(message));
  }
}

function openFake(): {
  live: Live;
  sockets: FakeSocket[];
  log: string[];
  pauses: { delayMs: number; run: () => void; isCancelled: boolean }[];
} {
  const sockets: FakeSocket[] = [];
  const log: string[] = [];
  const pauses: { delayMs: number; run: () => void; isCancelled: boolean }[] = [];
  let nextPause = 0;
  const deps: LiveDeps = {
    createSocket: () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket;
    },
    bearer: () => 'secret',
    parse: (text) => JSON.parse(text) as LiveMessage,
    backoff: { next: () => (nextPause += 1), reset: () => log.push('backoff reset') },
    later: (run, delayMs) => {
      const pause = { delayMs, run, isCancelled: false };
      pauses.push(pause);
      return () => {
        pause.isCancelled = true;
      };
    },
    onEvent: (topic, data) => log.push(`${topic} ${String(data)}`),
    onResync: () => log.push('resync'),
    onOnline: () => log.push('online'),
    onOffline: () => log.push('offline'),
  };
  return { live: openLive(deps), sockets, log, pauses };
}

describe('openLive', () => {
  test('says hello with the bearer first, and delivers what comes', () => {
    const { sockets, log } = openFake();
    sockets[0]?.fire('open');
    expect(sockets[0]?.sent).toEqual([{ type: 'hello', token: 'secret' }]);
    sockets[0]?.receive(welcome(false));
    sockets[0]?.receive(event(8));
    expect(log).toEqual(['backoff reset', 'online', 'resync', 'a 8']);
  });

  test('resumes behind the last event it has seen after the connection was lost', () => {
    const { sockets, log, pauses } = openFake();
    sockets[0]?.fire('open');
    sockets[0]?.receive(welcome(false));
    sockets[0]?.receive(event(8));
    sockets[0]?.fire('close');
    expect(log.at(-1)).toBe('offline');
    pauses[0]?.run();
    sockets[1]?.fire('open');
    expect(sockets[1]?.sent).toEqual([
      { type: 'hello', token: 'secret', resume: { epoch: 'one', seq: 8 } },
    ]);
    sockets[1]?.receive(welcome(true, 9));
    sockets[1]?.receive(event(9));
    expect(log.slice(-2)).toEqual(['online', 'a 9']);
  });

  test('dials at once when asked, and cancels the pause', () => {
    const { live, sockets, pauses } = openFake();
    sockets[0]?.fire('close');
    live.retryNow();
    expect(pauses[0]?.isCancelled).toBe(true);
    expect(sockets).toHaveLength(2);
    live.retryNow();
    expect(sockets).toHaveLength(2);
  });

  test('never dials again once it was closed', () => {
    const { live, sockets, log, pauses } = openFake();
    live.close();
    expect(sockets[0]?.isClosed).toBe(true);
    expect(log).toEqual([]);
    expect(pauses).toEqual([]);
  });

  test('leaves out frames that it does not know', () => {
    const { sockets, log } = openFake();
    sockets[0]?.fire('message', new ArrayBuffer(2));
    expect(log).toEqual([]);
  });
});
