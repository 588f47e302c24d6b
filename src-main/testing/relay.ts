import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

export interface RelayOptions {
  /** Where connections are passed on to. */
  readonly to: { readonly host?: string; readonly port: number };
}

/** Which way bytes flow: `up` from whoever dialled to the server, `down` back. */
export type RelayDirection = 'up' | 'down';

/** A cuttable line on loopback between a client and a server: bytes pass until a test says otherwise. */
export interface Relay {
  readonly port: number;
  /** Open connections. */
  readonly connections: number;
  /** All connections that were ever made. */
  readonly accepted: number;
  /** Bytes that were passed on, both connections and times together. */
  readonly bytes: Readonly<Record<RelayDirection, number>>;
  /** Breaks every connection now. New ones are taken, unless `keepDown`: then not before `heal`. */
  cut(options?: { readonly keepDown?: boolean }): void;
  /** Nothing passes in either direction, nothing closes: a pulled plug. */
  hold(): void;
  /** One direction is dead, the other passes: a lost NAT entry. Default: down. */
  halfOpen(dead?: RelayDirection): void;
  /** At most so many bytes a second, each way and connection. */
  slow(bytesPerSecond: number): void;
  /** Everything passes again, what was held first. */
  heal(): void;
  close(): Promise<void>;
}

interface Line {
  readonly pump: () => void;
  readonly destroy: () => void;
}

interface LineState {
  isDown: boolean;
  bytesPerSecond: number | undefined;
  readonly dead: Set<RelayDirection>;
  readonly bytes: Record<RelayDirection, number>;
}

/** Slices of a second in which a slow line passes its bytes on. */
const slicesPerSecond = 20;

export async function createRelay({ to }: RelayOptions): Promise<Relay> {
  const lines = new Set<Line>();
  const state: LineState = {
    isDown: false,
    bytesPerSecond: undefined,
    dead: new Set(),
    bytes: { up: 0, down: 0 },
  };
  let accepted = 0;
  const server = createServer((client) => {
    accepted += 1;
    if (state.isDown) client.destroy();
    else openLine(client, connect(to.port, to.host ?? '127.0.0.1'), state, lines);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  const change = (apply: () => void): void => {
    apply();
    for (const line of lines) line.pump();
  };
  const breakAll = (): void => {
    for (const line of [...lines]) line.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return lines.size;
    },
    get accepted() {
      return accepted;
    },
    bytes: state.bytes,
    cut(options) {
      state.isDown = options?.keepDown ?? false;
      breakAll();
    },
    hold: () => change(() => state.dead.add('up').add('down')),
    halfOpen: (dead = 'down') => change(() => state.dead.add(dead)),
    slow: (bytesPerSecond) => change(() => (state.bytesPerSecond = bytesPerSecond)),
    heal: () =>
      change(() => {
        state.isDown = false;
        state.bytesPerSecond = undefined;
        state.dead.clear();
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        breakAll();
      }),
  };
}

function openLine(client: Socket, upstream: Socket, state: LineState, lines: Set<Line>): void {
  const up = createPump(client, upstream, 'up', state);
  const down = createPump(upstream, client, 'down', state);
  const line: Line = {
    pump() {
      up.pump();
      down.pump();
    },
    destroy() {
      lines.delete(line);
      up.stop();
      down.stop();
      client.destroy();
      upstream.destroy();
    },
  };
  lines.add(line);
  for (const socket of [client, upstream]) {
    socket.setNoDelay(true);
    socket.on('error', () => line.destroy());
    // A dead direction must not tell the other side that this one has gone.
    socket.on('close', () => {
      if (state.dead.size === 0) line.destroy();
    });
  }
  line.pump();
}

/** Moves bytes one way, at the pace that the state allows. */
function createPump(from: Socket, into: Socket, direction: RelayDirection, state: LineState) {
  let timer: NodeJS.Timeout | undefined;
  from.pause();
  from.on('readable', pump);
  into.on('drain', pump);
  from.on('end', () => {
    if (!state.dead.has(direction)) into.end();
  });

  function pump(): void {
    if (state.dead.has(direction) || timer !== undefined || into.writableNeedDrain) return;
    const slice =
      state.bytesPerSecond && Math.max(1, Math.floor(state.bytesPerSecond / slicesPerSecond));
    const data = read(slice);
    if (data === null) return;
    state.bytes[direction] += data.length;
    into.write(data);
    if (slice === undefined) {
      pump();
      return;
    }
    timer = setTimeout(() => {
      timer = undefined;
      pump();
    }, 1000 / slicesPerSecond);
  }

  function read(atMost: number | undefined): Buffer | null {
    const ready = from.readableLength;
    if (ready === 0) return from.read(0) as Buffer | null;
    return from.read(Math.min(ready, atMost ?? ready)) as Buffer | null;
  }

  return { pump, stop: () => clearTimeout(timer) };
}
