import { once } from 'node:events';
import { createServer } from 'node:http';
import type { RequestListener, Server, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { StreamBody } from './stream-body.ts';

let server: Server | undefined;

afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => server?.close(resolve));
  server = undefined;
});

async function serve(answer: RequestListener): Promise<number> {
  server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** What came on a connection until the server closed it. */
async function readAll(socket: Socket): Promise<string> {
  const pieces: Buffer[] = [];
  socket.on('data', (piece: Buffer) => pieces.push(piece));
  await once(socket, 'end');
  return Buffer.concat(pieces).toString();
}

function begun(response: ServerResponse): StreamBody {
  const body = new StreamBody(response);
  body.begin({ 'content-type': 'text/event-stream' });
  return body;
}

function ask(port: number, path: string, version = '1.1', connection = 'close'): string {
  return `GET ${path} HTTP/${version}\r\nhost: 127.0.0.1:${String(port)}\r\nconnection: ${connection}\r\n\r\n`;
}

test('pieces arrive as they were written, whatever alphabet they are in', async () => {
  const pieces = [
    'data: "a"\n\n',
    '',
    ': ein Wörtchen\n\n',
    'data: "天气 🌤"\n\n',
    'x'.repeat(20_000),
  ];
  const port = await serve((_, response) => {
    const body = begun(response);
    for (const piece of pieces) body.write(piece);
    body.end('data: [DONE]\n\n');
  });
  const answer = await fetch(`http://127.0.0.1:${String(port)}/`);
  expect(await answer.text()).toBe(`${pieces.join('')}data: [DONE]\n\n`);
});

test('what comes within a tick leaves in one call, headers and end too', async () => {
  const held: boolean[] = [];
  const port = await serve((_, response) => {
    const { socket } = response;
    if (socket === null) throw new Error('The answer has no connection');
    const body = begun(response);
    for (const piece of ['one', '', 'zwölf']) body.write(piece);
    held.push(socket.writableLength > 0);
    setImmediate(() => {
      held.push(socket.writableLength > 0);
      body.write('three');
      body.end('four');
      held.push(socket.writableLength > 0);
    });
  });
  const socket = connect(port, '127.0.0.1');
  socket.write(ask(port, '/'));
  const answer = await readAll(socket);
  expect(answer.slice(answer.indexOf('\r\n\r\n') + 4)).toBe(
    '3\r\none\r\n6\r\nzwölf\r\n5\r\nthree\r\n4\r\nfour\r\n0\r\n\r\n',
  );
  // All of the first tick after it; the end at once.
  expect(held).toEqual([true, false, false]);
});

test('a client of HTTP/1.0 gets the bare text', async () => {
  const port = await serve((_, response) => {
    const body = begun(response);
    body.write('one ');
    body.write('two');
    body.end(' three');
  });
  const socket = connect(port, '127.0.0.1');
  socket.write(ask(port, '/', '1.0'));
  expect((await readAll(socket)).split('\r\n\r\n')[1]).toBe('one two three');
});

test('an answer behind another one on its connection comes after it, and whole', async () => {
  const first = Promise.withResolvers<undefined>();
  const second = Promise.withResolvers<undefined>();
  const port = await serve((request, response) => {
    const path = request.url ?? '';
    const body = begun(response);
    body.write(`${path} begins, `);
    void (path === '/first' ? first : second).promise.then(() => {
      body.write(`${path} goes on`);
      body.end('');
    });
    if (path === '/second') first.resolve(undefined);
    response.on('close', () => {
      if (path === '/first') second.resolve(undefined);
    });
  });
  const socket = connect(port, '127.0.0.1');
  socket.write(ask(port, '/first', '1.1', 'keep-alive') + ask(port, '/second'));
  const bodies = (await readAll(socket)).split('HTTP/1.1 200 OK').slice(1);
  expect(bodies.map((each) => each.slice(each.indexOf('\r\n\r\n') + 4))).toEqual([
    ...['/first', '/second'].map((path) => {
      const [begins, goesOn] = [`${path} begins, `, `${path} goes on`];
      return `${hex(begins)}\r\n${begins}\r\n${hex(goesOn)}\r\n${goesOn}\r\n0\r\n\r\n`;
    }),
  ]);
});

test('is full until a reader who stopped goes on', async () => {
  const bodies = Promise.withResolvers<StreamBody>();
  const port = await serve((_, response) => {
    bodies.resolve(begun(response));
  });
  const socket = connect(port, '127.0.0.1').pause();
  socket.write(ask(port, '/'));
  const body = await bodies.promise;
  expect(body.isFull).toBe(false);
  // Never leaves the tick: what is gathered has an end.
  while (body.write('x'.repeat(1024)));
  expect(body.isFull).toBe(true);
  const drained = once(body.target, 'drain');
  socket.resume();
  await drained;
  expect(body.isFull).toBe(false);
});

function hex(text: string): string {
  return text.length.toString(16);
}
