import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startGateway } from '../../testing/gateway-fixture.ts';
import type { GatewayFixture } from '../../testing/gateway-fixture.ts';
import { createScriptedBackend, saying } from '../../testing/scripted-backend.ts';
import { maxDrainBytes } from './refused-body.ts';

let fixture: GatewayFixture;

beforeEach(async () => {
  fixture = await startGateway(
    createScriptedBackend(() => saying('Hello')),
    { maxBodyBytes: 10_000 },
  );
});

afterEach(async () => {
  await fixture.gateway.stop();
});

const chat = '/v1/chat/completions';
const headers = { 'content-type': 'application/json' };

test('a client that writes its whole body before it reads gets the 413, not a broken pipe', async () => {
  for (let attempt = 0; attempt < 5; attempt++) {
    const response = await fetch(fixture.origin + chat, {
      method: 'POST',
      headers,
      body: JSON.stringify({ model: 'guide', prompt: 'x'.repeat(30_000_000) }),
    });
    expect(response.status).toBe(413);
    expect(await response.text()).toContain('request_too_large');
  }
});

test('a body of unknown length that grows too large gets the 413 too', async () => {
  async function* parts(): AsyncGenerator<Uint8Array> {
    for (let sent = 0; sent < 20; sent++) yield Buffer.alloc(1_000_000, 'x');
    await Promise.resolve();
  }
  const response = await fetch(fixture.origin + chat, {
    method: 'POST',
    headers,
    body: ReadableStream.from(parts()),
    duplex: 'half',
  });
  expect(response.status).toBe(413);
});

const head = (framing: string): string =>
  `POST ${chat} HTTP/1.1\r\nhost: 127.0.0.1:${fixture.port.toString()}\r\n` +
  `content-type: application/json\r\n${framing}\r\n\r\n`;

test('a caller that never stops sending loses its connection', async () => {
  const socket = connect(fixture.port, '127.0.0.1');
  let answer = '';
  socket.on('data', (part: Buffer) => (answer += part.toString()));
  const closed = new Promise<void>((resolve) => {
    socket.on('close', () => {
      resolve();
    });
  });
  // Writing into a connection that was just closed fails, which is what is waited for.
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write(head('transfer-encoding: chunked'));
  const part = Buffer.concat([
    Buffer.from('100000\r\n'),
    Buffer.alloc(0x100000, 'x'),
    Buffer.from('\r\n'),
  ]);
  let sentBytes = 0;
  const send = (): void => {
    if (socket.destroyed) return;
    sentBytes += 0x100000;
    socket.write(part, send);
  };
  send();
  await closed;
  expect(answer).toContain('413');
  expect(sentBytes).toBeGreaterThan(maxDrainBytes / 2);
});

test('a body that announces more than is ever read is told that the connection closes', async () => {
  const socket = connect(fixture.port, '127.0.0.1');
  socket.write(head(`content-length: ${(maxDrainBytes + 1).toString()}`));
  const [answer] = (await once(socket, 'data')) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 413 .*\r\nconnection: close\r\n/is);
  socket.destroy();
});
