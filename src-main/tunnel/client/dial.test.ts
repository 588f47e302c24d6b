import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { createConnectionRegister } from '../../platform/http/connection-register.ts';
import { systemClock } from '../../platform/system-clock.ts';
import { createAuthority, spkiHash } from '../../platform/tls/authority.ts';
import { issueLeaf } from '../../platform/tls/leaf.ts';
import { createFakeClock } from '../../testing/fake-clock.ts';
import { dial } from './dial.ts';
import { openTlsDoor } from './gateway.fixture.ts';

const opened: { readonly close: () => Promise<unknown> }[] = [];
afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close();
});

const authority = await createAuthority({ now: Date.now() });
const stranger = await createAuthority({ now: Date.now() });
const trust = { kind: 'pin', spki: spkiHash(authority.certPem) } as const;

async function openDoor(signer = authority) {
  const door = await openTlsDoor(await issueLeaf(signer, ['localhost'], Date.now()));
  opened.push(door);
  return { door, address: `127.0.0.1:${door.port}` };
}

/** A port that takes connections and never says a word. */
async function openSilence() {
  const sockets = new Set<Socket>();
  const arrived = Promise.withResolvers<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.resume();
    arrived.resolve(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  opened.push({
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  });
  return { address: `127.0.0.1:${port}`, arrived: arrived.promise };
}

async function closedAddress(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `127.0.0.1:${port}`;
}

const wayOut = (clock = systemClock) => ({
  register: createConnectionRegister(clock),
  clock,
  signal: new AbortController().signal,
});

test('goes on at once when an address refuses', async () => {
  const { address } = await openDoor();
  const clock = createFakeClock(Date.now());
  const found = await dial([await closedAddress(), address], trust, wayOut(clock));
  expect(found.address).toBe(address);
  expect(clock.waiting).toBe(0);
});

test('gives a silent address 250 ms, then tries the next beside it and hangs up on the loser', async () => {
  const clock = createFakeClock(Date.now());
  const silence = await openSilence();
  const { door, address } = await openDoor();
  const dialling = dial([silence.address, address], trust, wayOut(clock));
  const loser = await silence.arrived;
  const hungUp = new Promise((resolve) => loser.once('close', resolve));
  await clock.advance(249);
  expect(door.connections).toBe(0);
  await clock.advance(1);
  expect((await dialling).address).toBe(address);
  await hungUp;
});

test('a stranger at one address does not keep it from the right one', async () => {
  const wrong = await openDoor(stranger);
  const right = await openDoor();
  const found = await dial([wrong.address, right.address], trust, wayOut());
  expect(found.address).toBe(right.address);
  expect(wrong.door.receivedBytes).toBe(0);
});

test('strangers at all addresses are a final refusal', async () => {
  const [one, two] = [await openDoor(stranger), await openDoor(stranger)];
  await expect(dial([one.address, two.address], trust, wayOut())).rejects.toMatchObject({
    name: 'TunnelRefusal',
    reason: 'wrong-gateway',
  });
});

test('says in one sentence what each address did', async () => {
  const clock = createFakeClock(Date.now());
  const silence = await openSilence();
  const [one, two] = [await closedAddress(), await closedAddress()];
  const wrong = await openDoor(stranger);
  const dialling = dial([one, two, wrong.address, silence.address], trust, wayOut(clock));
  const failed = expect(dialling).rejects.toMatchObject({
    code: 'unavailable',
    reason: 'gateway-unreachable',
    message: `The gateway cannot be reached (nothing answers at ${one} and ${two}; another gateway answers at ${wrong.address}; no answer in time from ${silence.address}); check that it runs and that this machine is online`,
  });
  await silence.arrived;
  await clock.advance(10_000);
  await failed;
  expect(clock.waiting).toBe(0);
});

test('one address has its own sentence', async () => {
  const address = await closedAddress();
  await expect(dial([address], trust, wayOut())).rejects.toMatchObject({
    reason: 'gateway-unreachable',
    message: `${address} cannot be reached: nothing answers at that address`,
  });
  await expect(dial([], trust, wayOut())).rejects.toThrow(/No address of the gateway is known/);
});

test('an abort ends it with its reason and leaves nothing open', async () => {
  const silence = await openSilence();
  const clock = createFakeClock(Date.now());
  const stop = new AbortController();
  const dialling = dial([silence.address], trust, { ...wayOut(clock), signal: stop.signal });
  const socket = await silence.arrived;
  const hungUp = new Promise((resolve) => socket.once('close', resolve));
  stop.abort(new Error('not any more'));
  await expect(dialling).rejects.toThrow('not any more');
  await hungUp;
  expect(clock.waiting).toBe(0);
});
