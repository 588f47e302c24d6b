import websocket from '@fastify/websocket';
import type { FastifyInstance } from 'fastify';
import { liveCloseCodes, liveHello, livePath } from '../../contract/live.ts';
import type { LiveHello } from '../../contract/live.ts';
import type { Clock } from '../../core/clock.ts';
import type { LiveHub, LiveTab } from '../live/live-hub.ts';
import type { Sessions } from '../sessions/sessions.ts';

const helloWithinMs = 5000;
const maxHelloBytes = 4096;

/** What is used of a WebSocket. */
interface TabSocket {
  readonly bufferedAmount: number;
  send(text: string, onSent: () => void): void;
  close(code: number, reason: string): void;
}

interface LiveSocketDeps {
  readonly hub: LiveHub;
  readonly sessions: Sessions;
  readonly clock: Clock;
}

/** The one WebSocket of each tab. Until its first message proved a session it is told nothing. */
export async function registerLiveSocket(
  app: FastifyInstance,
  deps: LiveSocketDeps,
): Promise<void> {
  await app.register(websocket, { options: { maxPayload: maxHelloBytes } });
  const open = new Map<TabSocket, string>();
  deps.sessions.onClosed((sessionId) => {
    for (const [socket, owner] of open) {
      if (owner === sessionId) socket.close(liveCloseCodes.unauthenticated, 'session closed');
    }
  });

  app.get(livePath, { websocket: true, config: { access: 'first-message' } }, (socket) => {
    // ws reports broken frames here; the close event that follows does the cleaning up.
    socket.on('error', () => undefined);
    const stopTimer = deps.clock.after(helloWithinMs, () => {
      socket.close(liveCloseCodes.protocol, 'no hello');
    });
    socket.on('close', stopTimer);
    socket.once('message', (data: Buffer) => {
      stopTimer();
      const hello = readHello(data);
      if (hello === undefined) {
        socket.close(liveCloseCodes.protocol, 'not a hello');
        return;
      }
      const session = deps.sessions.find(hello.token);
      if (session === undefined) {
        socket.close(liveCloseCodes.unauthenticated, 'unknown session');
        return;
      }
      open.set(socket, session.sessionId);
      const detach = deps.hub.attach(tabOf(socket), hello.resume);
      socket.on('close', () => {
        open.delete(socket);
        detach();
      });
    });
  });
}

function tabOf(socket: TabSocket): LiveTab {
  return {
    bufferedBytes: () => socket.bufferedAmount,
    send: (text, onSent) => {
      socket.send(text, onSent);
    },
    cutOff: () => {
      socket.close(liveCloseCodes.tooSlow, 'too slow');
    },
  };
}

function readHello(data: Buffer): LiveHello | undefined {
  try {
    return liveHello.safeParse(JSON.parse(data.toString('utf8'))).data;
  } catch {
    // Not JSON, so not a hello.
    return undefined;
  }
}
