import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ownerToken, startGateway } from '../../testing/gateway-fixture.ts';
import type { GatewayFixture } from '../../testing/gateway-fixture.ts';
import { createScriptedBackend, saying } from '../../testing/scripted-backend.ts';

let fixture: GatewayFixture;
const backend = createScriptedBackend(() => saying('Hello'));

beforeEach(async () => {
  fixture = await startGateway(backend);
});

afterEach(async () => {
  await fixture.gateway.stop();
});

/** Exactly these bytes, as no client library would send them; resolves with the whole answer. */
function sendBytes(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect({ host: '127.0.0.1', port: fixture.port }, () => {
      socket.write(text, 'latin1');
    });
    socket.on('data', (bytes) => (answer += bytes.toString('latin1')));
    socket.on('error', reject);
    socket.on('close', () => {
      resolve(answer);
    });
  });
}

const body = JSON.stringify({ model: 'guide', messages: [{ role: 'user', content: 'Hi' }] });
const length = `Content-Length: ${body.length.toString()}`;

/** A chat request whose own lines come between the usual ones. */
function request(lines: readonly string[], sent = body): string {
  const head = [
    'POST /v1/chat/completions HTTP/1.1',
    `Host: 127.0.0.1:${fixture.port.toString()}`,
    'Content-Type: application/json',
    'Connection: close',
    ...lines,
  ];
  return [...head, '', sent].join('\r\n');
}

const chunked = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
const second = 'GET /v1/models HTTP/1.1\r\nHost: evil.example\r\n\r\n';

describe('a request whose end two readers could see at different places', () => {
  test.each([
    ['two lengths', [length, 'Content-Length: 1'], body],
    ['one length twice', [length, length], body],
    ['a list of lengths', [`${length}, ${body.length.toString()}`], body],
    ['a length with a sign', [`Content-Length: +${body.length.toString()}`], body],
    ['a negative length', ['Content-Length: -1'], body],
    ['a length in another base', ['Content-Length: 0x10'], body],
    ['a length and chunks', [length, 'Transfer-Encoding: chunked'], chunked],
    ['chunks twice', ['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'], chunked],
    ['an encoding after chunks', ['Transfer-Encoding: chunked, identity'], chunked],
    ['an unknown encoding', ['Transfer-Encoding: xchunked'], chunked],
    ['chunks with a blank in front of the colon', ['Transfer-Encoding : chunked'], chunked],
    ['a line feed alone in a header', [`X-A: a\nTransfer-Encoding: chunked`, length], body],
    ['a carriage return alone in a header', [`X-A: a\rX-B: b`, length], body],
    ['a folded header', [`X-A: a\r\n b`, length], body],
    ['a zero byte in a header', [`X-A: a\u0000b`, length], body],
    [
      'a chunk whose size is no number',
      ['Transfer-Encoding: chunked'],
      `zz\r\n${body}\r\n0\r\n\r\n`,
    ],
    [
      'a chunk that is longer than its size',
      ['Transfer-Encoding: chunked'],
      `1\r\n${body}\r\n0\r\n\r\n`,
    ],
  ])('is refused: %s', async (_what, lines, sent) => {
    const before = backend.calls.length;
    const answer = await sendBytes(request(lines, sent + second));
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
    // What stands behind it is no second request.
    expect(answer.match(/HTTP\/1\.1 /g)).toHaveLength(1);
    expect(answer).toContain('request_id');
    expect(backend.calls.length).toBe(before);
  });

  test.each([
    ['one length', [length], body],
    ['chunks', ['Transfer-Encoding: chunked'], chunked],
  ])('is answered with %s alone', async (_what, lines, sent) => {
    expect(await sendBytes(request(lines, sent))).toMatch(/^HTTP\/1\.1 200 /);
  });
});

describe('a conversation of very many messages', () => {
  const many = (count: number) =>
    Array.from({ length: count }, () => ({ role: 'user', content: 'a' }));

  test.each([
    ['/v1/chat/completions', 'messages', {}],
    ['/v1/responses', 'input', {}],
    ['/api/chat', 'messages', { stream: false }],
  ])('is refused by name: %s', async (path, field, more) => {
    const ask = (count: number) =>
      fixture.post(path, { model: 'guide', ...more, [field]: many(count) });
    expect((await ask(4097)).status).toBe(400);
    expect((await ask(4097)).text).toContain(field);
    expect((await ask(4096)).status).toBe(200);
  });
});

test('names with line breaks or foreign letters cannot make headers', async () => {
  const model = 'Mühle\r\nx-evil: 1';
  const headers = { authorization: `Bearer ${ownerToken}` };
  await expect(
    fixture.gateway.aliases.save({
      name: model,
      members: [{ model: 'guide' }],
      mayCrossToCloud: false,
    }),
  ).rejects.toMatchObject({ param: 'name' });
  const name = 'Mühle 漢';
  await fixture.gateway.aliases.save({
    name,
    members: [{ model: 'guide' }],
    mayCrossToCloud: false,
  });
  const messages = [{ role: 'user', content: 'Hi' }];
  const answer = await fixture.post('/v1/chat/completions', { model: name, messages }, headers);
  expect(answer.headers['x-millpond-alias']).toBe(encodeURIComponent(name).replace('%20', ' '));
});
