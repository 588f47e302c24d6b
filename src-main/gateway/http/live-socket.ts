import websocket from '@fastify/websocket';
import type { FastifyInstance } from 'fastify';
import { liveCloseCodes, liveHello, liveMessage, livePath } from '../../contract/live.ts';
import type { LiveHello } from '../../contract/live.ts';
import type { Clock } from '../../core/clock.ts';
import type { LiveHub, LiveTab } from '../live/live-hub.ts';
import type { Permissions } from '../people/permissions.ts';
import { ownerSessionId } from '../sessions/sessions.ts';
import type { Sessions } from '../sessions/sessions.ts';
import type { Authenticator } from './authenticate.ts';
import { doorOf } from './door.ts';

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
  readonly authenticator: Pick<Authenticator, 'ownerPersonId'>;
  /** What others than the owner may hear; absent: nothing. */
  readonly permissions?: Pick<Permissions, 'mayHear'>;
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

  app.get(livePath, { websocket: true, config: { access: 'first-message' } }, (socket, request) => {
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
      const isForThisMachine = session?.sessionId === ownerSessionId;
      if (session === undefined || (isForThisMachine && doorOf(request) === 'public')) {
        socket.close(liveCloseCodes.unauthenticated, 'unknown session');
        return;
      }
      open.set(socket, session.sessionId);
      const detach = deps.hub.attach(tabFor(session.personId, socket, deps), hello.resume);
      socket.on('close', () => {
        open.delete(socket);
        detach();
      });
    });
  });
}

/** The owner hears everything; what others may not hear is left out of their sequence. */
function tabFor(personId: string, socket: TabSocket, deps: LiveSocketDeps): LiveTab {
  const tab = tabOf(socket);
  if (personId === deps.authenticator.ownerPersonId) return tab;
  return {
    ...tab,
    send(text, onSent) {
      const message = liveMessage.parse(JSON.parse(text));
      const { permissions } = deps;
      const isHeard =
        message.type !== 'event' ||
        permissions?.mayHear(personId, message.topic, message.data) === true;
      if (isHeard) tab.send(text, onSent);
      else onSent();
    },
  };
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
