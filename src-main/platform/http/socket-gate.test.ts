import { Socket } from 'node:net';
import type { LookupFunction } from 'node:net';
import { expect, test } from 'vitest';
import { createLocalNames } from './local-names.ts';
import { createSocketGate, DoorClosed } from './socket-gate.ts';
import type { SocketGate } from './socket-gate.ts';

/** A socket that claims to have been connected to an address. */
function socketTo(address: string): Socket {
  return Object.defineProperty(new Socket(), 'remoteAddress', { value: address });
}

interface TestGate extends SocketGate {
  readonly lookup: LookupFunction;
  readonly located: unknown[];
  isLocalOnly: boolean;
}

function gateOver(open: () => Socket): TestGate {
  let lookup: LookupFunction = () => {};
  const located: unknown[] = [];
  const state = { isLocalOnly: false };
  const gate = createSocketGate({
    isLocalOnly: () => state.isLocalOnly,
    localNames: createLocalNames(() => Promise.resolve('127.0.0.1 box')),
    onLocated: (destination) => located.push(destination),
    connectorWith: (asked) => {
      lookup = asked;
      return (_options, callback) => {
        callback(null, open());
      };
    },
  });
  return Object.assign(state, gate, { lookup, located });
}

function connectTo(gate: SocketGate, hostname: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    gate.connect(
      { hostname, host: `${hostname}:80`, protocol: 'http:', port: '80' },
      (...result) => {
        if (result[0] === null) resolve(result[1]);
        else reject(result[0]);
      },
    );
  });
}

test('judges a connection by the address it led to, not by its name', async () => {
  const gate = gateOver(() => socketTo('192.0.2.1'));
  gate.isLocalOnly = true;
  await expect(connectTo(gate, 'localhost')).rejects.toBeInstanceOf(DoorClosed);
  expect(gate.located).toEqual([{ host: 'localhost:80', isLoopback: false }]);
});

test('lets a connection through whose address is this machine', async () => {
  const gate = gateOver(() => socketTo('::ffff:127.0.0.1'));
  gate.isLocalOnly = true;
  expect(await connectTo(gate, 'box')).toBeInstanceOf(Socket);
  expect(gate.located).toEqual([{ host: 'box:80', isLoopback: true }]);
});

test('opens no socket to an address elsewhere while the door is closed', async () => {
  let opened = 0;
  const gate = gateOver(() => {
    opened += 1;
    return socketTo('192.0.2.1');
  });
  gate.isLocalOnly = true;
  await expect(connectTo(gate, '192.0.2.1')).rejects.toBeInstanceOf(DoorClosed);
  expect(opened).toBe(0);
  gate.isLocalOnly = false;
  await connectTo(gate, '192.0.2.1');
  expect(opened).toBe(1);
});

test('cuts the connections that lead elsewhere and leaves those to this machine', async () => {
  const sockets = ['192.0.2.1', '127.0.0.1'].map(socketTo);
  const waiting = [...sockets];
  const gate = gateOver(() => waiting.shift() ?? new Socket());
  for (const name of ['far.example', 'box']) {
    const socket = await connectTo(gate, name);
    socket.on('error', () => {});
  }
  gate.cut();
  expect(sockets.map((socket) => socket.destroyed)).toEqual([true, false]);
});

test('asks no name server while the door is closed', async () => {
  const gate = gateOver(() => new Socket());
  gate.isLocalOnly = true;
  const found = await new Promise((resolve) => {
    gate.lookup('box', { all: true }, (_error, addresses) => {
      resolve(addresses);
    });
  });
  expect(found).toEqual([{ address: '127.0.0.1', family: 4 }]);
  const refusal = await new Promise((resolve) => {
    gate.lookup('huggingface.co', {}, resolve);
  });
  expect(refusal).toBeInstanceOf(DoorClosed);
});
