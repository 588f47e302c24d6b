import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { createRelay } from './relay.ts';
import type { Relay } from './relay.ts';
import { patience } from './patience.ts';

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of cleanUp.splice(0).reverse()) await close();
});

/** A server that sends back what it gets, a relay before it, and a client of the relay. */
async function open(): Promise<{ relay: Relay; client: Socket; heard: () => string }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const relay = await createRelay({ to: { port: (server.address() as AddressInfo).port } });
  const client = connect(relay.port, '127.0.0.1');
  client.on('error', () => {});
  let text = '';
  client.on('data', (data) => (text += data.toString()));
  await once(client, 'connect');
  cleanUp.push(
    () => new Promise((resolve) => server.close(resolve)),
    () => sockets.forEach((socket) => socket.destroy()),
    () => relay.close(),
    () => client.destroy(),
  );
  return { relay, client, heard: () => text };
}

/** Writes and waits for the same text to come back. */
async function echo(client: Socket, text: string): Promise<void> {
  client.write(text);
  await once(client, 'data');
}

test('passes bytes both ways and counts them', async () => {
  const { relay, client, heard } = await open();
  await echo(client, 'hello');
  expect(heard()).toBe('hello');
  expect(relay.bytes).toEqual({ up: 5, down: 5 });
});

test('a cut breaks connections, and takes new ones only when it should', async () => {
  const { relay, client } = await open();
  relay.cut({ keepDown: true });
  await once(client, 'close');
  const refused = connect(relay.port, '127.0.0.1');
  refused.on('error', () => {});
  await once(refused, 'close');
  relay.heal();
  const again = connect(relay.port, '127.0.0.1');
  cleanUp.push(() => again.destroy());
  await echo(again, 'back');
  expect(relay.accepted).toBe(3);
});

test('a held line is silent without closing, and delivers what it held once it is healed', async () => {
  const { relay, client, heard } = await open();
  relay.hold();
  client.write('late');
  await new Promise((resolve) => setImmediate(resolve));
  expect(client.destroyed).toBe(false);
  expect(heard()).toBe('');
  relay.heal();
  await once(client, 'data');
  expect(heard()).toBe('late');
});

test('half open: requests arrive, answers do not', async () => {
  const { relay, client, heard } = await open();
  relay.halfOpen('down');
  client.write('question');
  await expect.poll(() => relay.bytes.up).toBe(8);
  expect(heard()).toBe('');
});

test('a slow line takes its time', async () => {
  const { relay, client, heard } = await open();
  relay.slow(20_000);
  const begun = performance.now();
  client.write('x'.repeat(4_000));
  await expect.poll(() => heard().length, patience).toBe(4_000);
  expect(performance.now() - begun).toBeGreaterThan(150);
});
