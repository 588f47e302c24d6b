import { request as sendRequest } from 'node:http';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import Fastify from 'fastify';
import { expect, onTestFinished, test } from 'vitest';
import { createFakeClock } from '../../testing/fake-clock.ts';
import type { FakeClock } from '../../testing/fake-clock.ts';
import { directoryOf, offeredModel, silentLogger } from '../../testing/gateway-fixture.ts';
import { guardRoutes } from './access.ts';
import { sendError } from './http-errors.ts';
import { listenOnLoopback } from './listen.ts';
import { OllamaPort } from './ollama-port.ts';
import type { OllamaPortState } from './ollama-port.ts';
import { registerOllamaRoutes } from './ollama-routes.ts';

interface Opened {
  readonly ollama: OllamaPort;
  readonly clock: FakeClock;
  /** Millpond's own port. */
  readonly mainPort: number;
  readonly told: readonly (OllamaPortState | undefined)[];
}

/** A server with its guard and routes, and a second port that is free when it starts. */
async function openServer(isAnswered = () => false): Promise<Opened> {
  const app = Fastify({ forceCloseConnections: true });
  const clock = createFakeClock();
  const told: (OllamaPortState | undefined)[] = [];
  const port = await freePort();
  const ollama: OllamaPort = new OllamaPort({
    ...{ server: app.server, clock, port },
    isAnswered: () => Promise.resolve(isAnswered()),
    onChanged: (state) => told.push(state),
  });
  const caller = () => ({ kind: 'keyless', personId: 'owner' }) as const;
  const authenticator = {
    ownerPersonId: 'owner',
    caller,
    session: () => {
      throw new Error('no session here');
    },
  };
  const ollamaPort = () => (ollama.isOpen ? ollama.port : undefined);
  let mainPort = 0;
  guardRoutes(app, { authenticator, port: () => mainPort, ollamaPort });
  app.setErrorHandler((error, request, reply) => {
    sendError(request, reply, error, silentLogger);
  });
  const directory = directoryOf([offeredModel('guide')], []);
  registerOllamaRoutes(app, { directory, version: '1.2.3', ollamaPort });
  app.get('/v1/models', { config: { access: 'caller' } }, () => ({ data: [] }));
  app.get('/*', { config: { access: 'stranger' } }, () => 'the page');
  const listener = await listenOnLoopback(app, 0);
  mainPort = listener.port;
  onTestFinished(async () => {
    await ollama.setWanted(false);
    await listener.stop();
    await app.close();
  });
  return { ollama, clock, mainPort, told };
}

async function freePort(): Promise<number> {
  const { server, port } = await hold(0);
  await release(server);
  return port;
}

/** Somebody else on a port. */
async function hold(
  port: number,
  host = '127.0.0.1',
): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, ipv6Only: true }, resolve);
  });
  return { server, port: (server.address() as AddressInfo).port };
}

function release(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
  });
}

function get(
  port: number,
  path: string,
  host = `localhost:${port.toString()}`,
): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path, headers: { host }, agent: false };
    const request = sendRequest(options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, text });
      });
    });
    request.on('error', reject).end();
  });
}

function answers(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port }, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => {
      resolve(false);
    });
  });
}

/** Whether this machine has IPv6 at all. */
const hasIpv6 = await hold(0, '::1').then(
  async ({ server }) => {
    await release(server);
    return true;
  },
  () => false,
);

test("nothing listens on Ollama's port until it is wanted, nor after it is not", async () => {
  const { ollama, told } = await openServer();
  expect(await answers(ollama.port, '127.0.0.1')).toBe(false);
  await ollama.setWanted(true);
  expect(await answers(ollama.port, '127.0.0.1')).toBe(true);
  expect(await answers(ollama.port, '::1')).toBe(hasIpv6);
  await ollama.setWanted(false);
  expect(await answers(ollama.port, '127.0.0.1')).toBe(false);
  expect(told).toEqual([{ phase: 'open' }, undefined]);
  expect(ollama.state).toBeUndefined();
});

const noDetails = {
  ...{ parent_model: '', format: '', family: '', families: [] },
  ...{ parameter_size: '', quantization_level: '' },
};

test('there it speaks the APIs under its own name, and shows neither page nor control calls', async () => {
  const { ollama, mainPort } = await openServer();
  await ollama.setWanted(true);
  const { port } = ollama;
  expect(await get(port, '/')).toEqual({
    status: 200,
    text: 'Millpond is running. Its API is at /v1.',
  });
  expect(JSON.parse((await get(port, '/api/version')).text)).toEqual({
    version: '1.2.3',
    name: 'millpond',
  });
  expect(JSON.parse((await get(port, '/api/tags')).text)).toEqual({
    models: [
      {
        name: 'guide',
        model: 'guide',
        modified_at: '2023-11-14T22:13:20.000Z',
        details: noDetails,
      },
    ],
  });
  expect((await get(port, '/v1/models')).status).toBe(200);
  for (const path of ['/control/server', '/chat', '/v1x', '/index.html']) {
    expect((await get(port, path)).status).toBe(404);
  }
  // The control: the main port shows its page.
  expect((await get(mainPort, '/')).text).toBe('the page');
  expect((await get(mainPort, '/chat')).status).toBe(200);
});

test('the host guard takes the second port while it is open, and no other', async () => {
  const { ollama, mainPort } = await openServer();
  const { port } = ollama;
  const asOllama = `127.0.0.1:${port.toString()}`;
  expect((await get(mainPort, '/', asOllama)).status).toBe(403);
  await ollama.setWanted(true);
  expect((await get(port, '/v1/models', asOllama)).status).toBe(200);
  expect((await get(port, '/v1/models', `evil.example:${port.toString()}`)).status).toBe(403);
  expect((await get(port, '/v1/models', '127.0.0.1:1')).status).toBe(403);
});

test('while somebody else answers there, it says so and waits its turn', async () => {
  const { ollama, clock, told } = await openServer();
  const { server } = await hold(ollama.port);
  await ollama.setWanted(true);
  const taken = {
    phase: 'taken',
    reason: `Another program, probably Ollama, answers on port ${ollama.port.toString()}; Millpond takes over when it has been gone for a minute`,
  };
  expect(ollama.state).toEqual(taken);
  await clock.advance(60_000);
  await ollama.setWanted(true);
  expect(told).toEqual([taken]);
  await release(server);
  await clock.advance(60_000);
  await ollama.setWanted(true);
  expect(ollama.isOpen).toBe(false);
  await clock.advance(60_000);
  await ollama.setWanted(true);
  expect(told).toEqual([taken, { phase: 'open' }]);
  expect(await answers(ollama.port, '127.0.0.1')).toBe(true);
});

test('a program that is only restarted finds its port free', async () => {
  const { ollama, clock } = await openServer();
  const first = await hold(ollama.port);
  await ollama.setWanted(true);
  await release(first.server);
  await clock.advance(60_000);
  await ollama.setWanted(true);
  const second = await hold(ollama.port);
  await clock.advance(60_000);
  await ollama.setWanted(true);
  expect(ollama.state?.phase).toBe('taken');
  await release(second.server);
});

test.skipIf(!hasIpv6)(
  'somebody who answers on one of the two addresses holds the port',
  async () => {
    const { ollama } = await openServer();
    const { server } = await hold(ollama.port, '::1');
    await ollama.setWanted(true);
    expect(ollama.state?.phase).toBe('taken');
    expect(await answers(ollama.port, '127.0.0.1')).toBe(false);
    await release(server);
  },
);

test('a wish that was taken back is not tried again', async () => {
  const { ollama, clock } = await openServer();
  const { server } = await hold(ollama.port);
  await ollama.setWanted(true);
  await ollama.setWanted(false);
  await release(server);
  expect(clock.waiting).toBe(0);
});

test.skipIf(!hasIpv6)('stopping does not wait for connections that are left open', async () => {
  const app = Fastify({ forceCloseConnections: true });
  const listener = await listenOnLoopback(app, 0);
  const socket = connect({ host: '::1', port: listener.port });
  await new Promise((resolve) => socket.once('connect', resolve));
  await listener.stop();
  socket.destroy();
  await app.close();
});

test('a port that somebody answers at is left alone, also where the system would share it', async () => {
  let isAnswered = true;
  const { ollama, clock, told } = await openServer(() => isAnswered);
  await ollama.setWanted(true);
  expect([ollama.isOpen, told.at(-1)?.phase]).toEqual([false, 'taken']);
  isAnswered = false;
  await clock.advance(60_000);
  await clock.advance(60_000);
  await ollama.setWanted(true);
  expect([ollama.isOpen, told.at(-1)?.phase]).toEqual([true, 'open']);
});
