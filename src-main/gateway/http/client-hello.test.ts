import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { connect } from 'node:tls';
import type { ConnectionOptions } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { readClientHello } from './client-hello.ts';

/** The first bytes of a real client. */
async function helloOf(options: ConnectionOptions): Promise<Buffer> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const client = connect({ host: '127.0.0.1', port, ...options });
  client.on('error', () => undefined);
  const [socket] = (await once(server, 'connection')) as [Socket];
  let bytes = Buffer.alloc(0);
  while (readClientHello(bytes) === undefined) {
    const [piece] = (await once(socket, 'data')) as [Buffer];
    bytes = Buffer.concat([bytes, piece]);
  }
  client.destroy();
  socket.destroy();
  return bytes;
}

/** The same message in records of so many bytes, as RFC 8446 allows. */
function inRecords(hello: Buffer, size: number): Buffer {
  const message = hello.subarray(5, 5 + hello.readUInt16BE(3));
  const records: Buffer[] = [];
  for (let at = 0; at < message.length; at += size) {
    const piece = message.subarray(at, at + size);
    const head = Buffer.from([22, 3, 1, 0, 0]);
    head.writeUInt16BE(piece.length, 3);
    records.push(head, piece);
  }
  return Buffer.concat(records);
}

test.each([
  [{ servername: 'ai.example.org', ALPNProtocols: ['h2', 'http/1.1'] }],
  [{ servername: 'ai.example.org', ALPNProtocols: ['h2'], maxVersion: 'TLSv1.2' as const }],
  [{ servername: 'a.example.org' }],
  [{ ALPNProtocols: ['http/1.1'] }],
])('of a real client says name and protocols: %j', async (options) => {
  const { servername, ALPNProtocols = [] } = options as ConnectionOptions;
  const expected = {
    protocols: ALPNProtocols,
    ...(servername !== undefined && { serverName: servername }),
  };
  const hello = await helloOf(options);
  expect(readClientHello(hello)).toEqual(expected);
  for (const size of [1, 7, 100]) expect(readClientHello(inRecords(hello, size))).toEqual(expected);
  for (let length = 0; length < hello.length; length += 1) {
    expect(readClientHello(hello.subarray(0, length))).toBeUndefined();
  }
});

test('what is no hello is known at once, and damage anywhere is never more than that', async () => {
  expect(readClientHello(Buffer.from('GET / HTTP/1.1\r\n'))).toBe('unknown');
  expect(readClientHello(Buffer.from([22, 3, 1, 0, 4, 2, 0, 0, 1]))).toBe('unknown');
  expect(readClientHello(Buffer.from([22, 3, 1, 0, 4, 1, 255, 255, 255]))).toBe('unknown');
  const hello = await helloOf({ servername: 'ai.example.org', ALPNProtocols: ['h2'] });
  for (let at = 0; at < hello.length; at += 1) {
    for (const value of [0, 1, 127, 255]) {
      const damaged = Buffer.from(hello);
      damaged[at] = value;
      const read = readClientHello(damaged);
      const isKnown = read === undefined || read === 'unknown' || Array.isArray(read.protocols);
      expect(isKnown).toBe(true);
    }
  }
});
