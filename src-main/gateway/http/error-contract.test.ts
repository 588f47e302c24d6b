import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MillpondError } from '../../core/error.ts';
import {
  directoryOf,
  everyCapability,
  localUpstream,
  offeredModel,
  ownerPersonId,
  ownerToken,
  startGateway,
} from '../../testing/gateway-fixture.ts';
import type { GatewayFixture, RawResponse } from '../../testing/gateway-fixture.ts';
import { createScriptedBackend, saying, scriptedHead } from '../../testing/scripted-backend.ts';
import type { ScriptStep } from '../../testing/scripted-backend.ts';

let steps: () => ScriptStep[];
let isKeyless: boolean;
let fixture: GatewayFixture;
const hello = { model: 'guide', messages: [{ role: 'user', content: 'Hi' }] };
const chat = '/v1/chat/completions';

beforeEach(async () => {
  steps = () => saying('Hello');
  isKeyless = true;
  const local = localUpstream(createScriptedBackend(() => steps()));
  const directory = directoryOf(
    [
      offeredModel('guide'),
      offeredModel('acme/chat:Q4'),
      offeredModel('asleep'),
      offeredModel('embedder', { capabilities: { ...everyCapability, chat: false } }),
    ],
    [],
    {},
  );
  fixture = await startGateway(
    createScriptedBackend(() => []),
    {
      directory: {
        ...directory,
        candidates: ({ envelope }) => (envelope.model === 'asleep' ? [] : [local]),
      },
      preferences: () => ({ keyless: isKeyless }),
      maxBodyBytes: 10_000,
      deadlineMs: 300,
    },
  );
});

afterEach(async () => {
  await fixture.gateway.stop();
});

function expectError(answer: RawResponse, status: number, code: string, param: string | null) {
  expect(answer.status).toBe(status);
  expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
  const anyText: unknown = expect.any(String);
  const requestId = answer.headers['x-request-id'];
  expect(answer.json()).toEqual({
    error: { message: anyText, type: anyText, param, code, request_id: requestId },
  });
  expect(answer.text).not.toMatch(/node_modules|\.ts:\d|at Object/);
}

describe('E10: the error contract', () => {
  test('no key where one is needed is a 401', async () => {
    isKeyless = false;
    const answer = await fixture.post(chat, hello);
    expectError(answer, 401, 'missing_api_key', null);
    expect(answer.headers['www-authenticate']).toBe('Bearer');
  });

  test.each(['Bearer mp_wrong', 'Bearer sk-something', 'Basic abc'])(
    'a wrong key is a 401 even on keyless loopback: %s',
    async (authorization) => {
      expectError(await fixture.post(chat, hello, { authorization }), 401, 'invalid_api_key', null);
      const headers = { 'x-api-key': authorization };
      expectError(await fixture.post(chat, hello, headers), 401, 'invalid_api_key', null);
    },
  );

  test('a placeholder of a tool that insists on a key is no key', async () => {
    const headers = { authorization: 'Bearer not-needed' };
    expect((await fixture.post(chat, hello, headers)).status).toBe(200);
    isKeyless = false;
    expect((await fixture.post(chat, hello, headers)).status).toBe(401);
  });

  test('a missing model is a 400', async () => {
    expectError(await fixture.post(chat, { messages: [] }), 400, 'invalid_request', 'model');
  });

  test('missing messages are a 400', async () => {
    expectError(await fixture.post(chat, { model: 'guide' }), 400, 'invalid_request', 'messages');
  });

  test('an unknown model is a 404', async () => {
    const answer = await fixture.post(chat, { ...hello, model: 'nothing' });
    expectError(answer, 404, 'model_not_found', 'model');
  });

  test('a known model that nothing can answer is a 503 with Retry-After', async () => {
    const answer = await fixture.post(chat, { ...hello, model: 'asleep' });
    expectError(answer, 503, 'unavailable', null);
    expect(answer.headers['retry-after']).toBe('5');
  });

  test('a body that is too large is a 413', async () => {
    const messages = [{ role: 'user', content: 'x'.repeat(10_001) }];
    expectError(await fixture.post(chat, { ...hello, messages }), 413, 'request_too_large', null);
  });

  test.each(['{"model":', '', '[]', '"text"', 'null'])('a body of %j is a 400', async (body) => {
    const answer = await fixture.send({
      method: 'POST',
      path: chat,
      body,
      headers: { 'content-type': 'application/json' },
    });
    expectError(answer, 400, body === '{"model":' ? 'invalid_json' : 'invalid_request', null);
  });

  test('a body that is not declared as JSON is a 400', async () => {
    const answer = await fixture.send({
      method: 'POST',
      path: chat,
      body: JSON.stringify(hello),
      headers: { 'content-type': 'text/plain' },
    });
    expectError(answer, 400, 'unsupported_media_type', null);
  });

  test('an unknown address is a 404 and a wrong method a 405', async () => {
    expectError(await fixture.send({ path: '/v1/nothing' }), 404, 'unknown_url', null);
    expectError(await fixture.post('/nothing', {}), 404, 'unknown_url', null);
    const answer = await fixture.send({ path: chat });
    expectError(answer, 405, 'method_not_allowed', null);
    expect(answer.headers['allow']).toBe('POST');
    expectError(await fixture.post('/v1/models', {}), 405, 'method_not_allowed', null);
  });

  test('a model that cannot do what is asked is a 400 that names the capability', async () => {
    const answer = await fixture.post(chat, { ...hello, model: 'embedder' });
    expectError(answer, 400, 'unsupported_capability', 'messages');
    const content = [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }];
    const picture = await fixture.post(chat, { ...hello, messages: [{ role: 'user', content }] });
    expectError(picture, 400, 'unsupported_capability', 'messages');
    expect(picture.text).toContain('vision');
  });

  test.each([
    [{ web_search_options: {} }, 'web_search_options'],
    [{ store: true }, 'store'],
    [{ service_tier: 'priority' }, 'service_tier'],
    [
      { messages: [{ role: 'user', content: [{ type: 'input_audio', input_audio: {} }] }] },
      'messages[0].content[0]',
    ],
    [{ api_base: 'http://10.0.0.1' }, 'api_base'],
  ])('what no upstream of the model understands is a 400: %j', async (fields, param) => {
    const answer = await fixture.post(chat, { ...hello, ...fields });
    expectError(answer, 400, 'unsupported_parameter', param);
  });

  test('a full queue is a 503 with the time to come back', async () => {
    steps = () => [new MillpondError('overloaded', 'The queue is full', { retryAfterMs: 2500 })];
    const answer = await fixture.post(chat, hello);
    expectError(answer, 503, 'overloaded', null);
    expect(answer.headers['retry-after']).toBe('3');
    expect(answer.headers['retry-after-ms']).toBe('2500');
  });

  test('a bug is a 500 that tells nothing about itself', async () => {
    steps = () => [new TypeError('secret detail')];
    const answer = await fixture.post(chat, hello);
    expectError(answer, 500, 'internal', null);
    expect(answer.text).not.toContain('secret');
    expect(answer.headers['x-should-retry']).toBe('false');
  });

  test('an answer that takes too long is a 503 with Retry-After', async () => {
    const never = new Promise<never>(() => {});
    steps = () => [scriptedHead, () => never];
    const answer = await fixture.post(chat, hello);
    expectError(answer, 503, 'unavailable', null);
    expect(answer.headers['retry-after']).toBe('30');
  });

  test('headers beyond the limit are refused before anything is read', async () => {
    const answer = await fixture.send({
      path: '/health',
      headers: { 'x-long': 'x'.repeat(17_000) },
    });
    expect(answer.status).toBe(431);
    expect(answer.json()).toMatchObject({ error: { type: 'invalid_request_error' } });
  });

  test('a body that nests without end is a 400, one as deep as a schema is read', async () => {
    const nested = (levels: number): string => {
      const metadata = `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
      return `{"model":"guide","messages":[{"role":"user","content":"Hi"}],"metadata":${metadata}}`;
    };
    const send = (body: string) =>
      fixture.send({
        ...{ method: 'POST', path: chat, body },
        headers: { 'content-type': 'application/json' },
      });
    expectError(await send(nested(1000)), 400, 'nested_too_deeply', null);
    expect((await send(nested(100))).status).toBe(200);
  });

  test('fields named like parts of an object change no object', async () => {
    const body = '{"model":"guide","__proto__":{"polluted":1},"constructor":{"prototype":{"x":1}}';
    const answer = await fixture.send({
      method: 'POST',
      path: chat,
      body: `${body},"messages":[{"role":"user","content":"Hi"}]}`,
      headers: { 'content-type': 'application/json' },
    });
    expect(answer.headers['x-millpond-ignored']).toContain('__proto__');
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect({}).not.toHaveProperty('polluted');
  });

  test('an address that cannot be decoded is a 400', async () => {
    expectError(await fixture.send({ path: '/%' }), 400, 'invalid_request', null);
  });
});

describe('paths that name the model', () => {
  test.each(['acme/chat:Q4', 'acme%2Fchat:Q4', 'acme%2Fchat%3AQ4'])('%s', async (id) => {
    const { messages } = hello;
    const answer = await fixture.post(`/v1/models/${id}/chat/completions`, { messages });
    expect(answer.status).toBe(200);
    const model = await fixture.send({ path: `/v1/models/${id}` });
    expect(model.json()).toMatchObject({ id: 'acme/chat:Q4', object: 'model' });
  });

  test('another model in the body is a 400', async () => {
    const answer = await fixture.post('/v1/models/guide/chat/completions', {
      ...hello,
      model: 'asleep',
    });
    expectError(answer, 400, 'invalid_request', 'model');
  });

  test('an operation that does not exist is a 404', async () => {
    expectError(await fixture.post('/v1/models/guide/dream', hello), 404, 'unknown_url', null);
  });
});

describe('who is let in', () => {
  test('a key works as bearer and as x-api-key until it is revoked', async () => {
    isKeyless = false;
    const { keys } = fixture.gateway;
    const { key, record } = await keys.create(ownerPersonId, 'laptop');
    expect(record.prefix).toBe(key.slice(0, 10));
    for (const headers of [{ authorization: `Bearer ${key}` }, { 'x-api-key': key }]) {
      expect((await fixture.post(chat, hello, headers)).status).toBe(200);
    }
    await expect.poll(() => fixture.stores.requestLog.records).toHaveLength(2);
    expect(fixture.stores.requestLog.records[0]).toMatchObject({ caller: 'laptop', state: 'done' });
    const stored = await fixture.stores.keys.list();
    expect(JSON.stringify(stored)).not.toContain(key);
    await keys.revoke(ownerPersonId, record.id);
    expect((await fixture.post(chat, hello, { 'x-api-key': key })).status).toBe(401);
  });

  test('a key or a session opens the metrics, keyless does not', async () => {
    expectError(await fixture.send({ path: '/metrics' }), 401, 'invalid_api_key', null);
    await fixture.post(chat, hello);
    const headers = { authorization: `Bearer ${ownerToken}` };
    const { text, status } = await fixture.send({ path: '/metrics', headers });
    expect(status).toBe(200);
    expect(text).toMatch(/requests_total\{task="chat",model="guide",.*outcome="done"\} 1/);
    await fixture.post(chat, { ...hello, model: 'made-up' });
    expect((await fixture.send({ path: '/metrics', headers })).text).not.toContain('made-up');
  });

  test.each([
    ['x-forwarded-for', '10.0.0.1'],
    ['x-forwarded-proto', 'https'],
    ['forwarded', 'for=10.0.0.1'],
    ['x-real-ip', '10.0.0.1'],
    ['via', '1.1 proxy'],
    ['cf-connecting-ip', '10.0.0.1'],
    ['tailscale-user-login', 'ada'],
    ['x-original-host', 'pool.example'],
  ])('keyless is refused behind a proxy that sends %s', async (name, value) => {
    expectError(await fixture.post(chat, hello, { [name]: value }), 401, 'missing_api_key', null);
    const { key } = await fixture.gateway.keys.create(ownerPersonId, 'k');
    const withKey = { [name]: value, authorization: `Bearer ${key}` };
    expect((await fixture.post(chat, hello, withKey)).status).toBe(200);
  });

  test.each([
    ['a rebound name', { host: 'evil.example' }],
    ['our name on another port', { host: 'localhost:1' }],
    ['a foreign origin', { origin: 'https://evil.example' }],
    ['an opaque origin', { origin: 'null' }],
    ['another port of this machine', { origin: 'http://127.0.0.1:1' }],
    [
      'a picture tag of another site',
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' },
    ],
    [
      'a script of another local port',
      { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors' },
    ],
  ])('a page with %s is refused everywhere', async (_what, headers) => {
    for (const path of ['/v1/models', '/health', '/', '/control/server']) {
      expect((await fixture.send({ path, headers })).status).toBe(403);
    }
    const answer = await fixture.post(chat, hello, headers);
    expect(answer.status).toBe(403);
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
  });

  test('our own names and our own page are let in', async () => {
    const { port } = fixture;
    for (const name of ['localhost', '127.0.0.1', '[::1]']) {
      const host = `${name}:${port.toString()}`;
      const headers = { host, origin: `http://${host}` };
      expect((await fixture.send({ path: '/v1/models', headers })).status).toBe(200);
    }
  });

  test('E1: listens on the loopback addresses and on no other', async () => {
    const hosts = fixture.gateway.address().origin;
    expect(hosts).toBe(`http://127.0.0.1:${fixture.port.toString()}`);
    const answer = await fixture.send({ path: '/health', host: '::1' });
    expect(answer.json()).toEqual({ status: 'ok', name: 'millpond' });
    // Every 127/8 address is this machine; a wildcard listener would answer here.
    await expect(reach('127.0.0.2', fixture.port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});

/** Exactly these bytes, as no client library would send them; resolves with the whole answer. */
function sendBytes(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect({ host: '127.0.0.1', port: fixture.port }, () => socket.write(text));
    socket.on('data', (bytes) => (answer += bytes.toString('latin1')));
    socket.on('error', reject);
    socket.on('close', () => {
      resolve(answer);
    });
  });
}

describe('requests that two readers could understand differently', () => {
  const host = (): string => `Host: 127.0.0.1:${fixture.port.toString()}`;
  const end = 'Connection: close';

  test.each([
    ['two hosts', () => ['GET /health HTTP/1.1', host(), 'Host: evil.example']],
    ['a host in the address', () => ['GET http://evil.example/health HTTP/1.1', host()]],
    ['no host', () => ['GET /health HTTP/1.0']],
    [
      'two lengths',
      () => ['POST /v1/x HTTP/1.1', host(), 'Content-Length: 5', 'Content-Length: 6'],
    ],
    [
      'a length and chunks',
      () => ['POST /v1/x HTTP/1.1', host(), 'Content-Length: 5', 'Transfer-Encoding: chunked'],
    ],
    ['a blank before the colon', () => ['GET /health HTTP/1.1', host(), 'X-A : 1']],
  ])('%s', async (_what, lines) => {
    const answer = await sendBytes([...lines(), end, '', ''].join('\r\n'));
    expect(answer).toMatch(/^HTTP\/1\.1 40[03] /);
    expect(answer).toContain('request_id');
  });

  test('the same bytes without the ambiguity are answered', async () => {
    const answer = await sendBytes(['GET /health HTTP/1.1', host(), end, '', ''].join('\r\n'));
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
  });
});

describe('credentials', () => {
  test.each([
    ['a cookie', '/control/activity', { cookie: `token=${ownerToken}; bearer=${ownerToken}` }],
    ['the address', `/control/activity?token=${ownerToken}&access_token=${ownerToken}`, {}],
    ['an unknown header', '/control/activity', { 'x-token': ownerToken }],
    ['a second scheme', '/control/activity', { authorization: `Basic ${ownerToken}` }],
  ])('in %s authorise nothing', async (_what, path, headers) => {
    expect((await fixture.send({ path, headers })).status).toBe(401);
    const authorization = `Bearer ${ownerToken}`;
    const right = await fixture.send({ path: '/control/activity', headers: { authorization } });
    expect(right.status).toBe(200);
  });
});

function reach(host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port }, () => {
      socket.destroy();
      resolve();
    });
    socket.on('error', reject);
  });
}

describe('E10: the route table', () => {
  test('is open to strangers exactly where the design says so', async () => {
    isKeyless = false;
    const open: string[] = [];
    for (const { method, url } of fixture.gateway.routes()) {
      const path = url.replace(/:\w+/g, '0190a000-0000-7000-8000-000000000002').replace('*', 'x');
      const answer = await fixture.send({
        method,
        path,
        ...(method !== 'GET' && method !== 'HEAD' && { body: '{}' }),
        headers: { 'content-type': 'application/json' },
      });
      if (answer.status !== 401) open.push(`${method} ${url}`);
    }
    expect(open.toSorted()).toEqual([
      'GET /*',
      // Tells nothing before its first message proved a session; see the live socket's tests.
      'GET /control/live',
      // Says whether there is a password, so that the page knows what to ask for.
      'GET /control/welcome',
      'GET /health',
      'HEAD /*',
      'HEAD /control/live',
      'HEAD /control/welcome',
      'HEAD /health',
      'POST /control/proxy-sign-in',
      'POST /control/redeem',
      'POST /control/session',
      'POST /control/set-up',
      'POST /control/sign-in',
    ]);
  });

  test('with keyless on, only inference and the model list open as well', async () => {
    const paths = ['/v1/models', '/v1/models/guide'];
    for (const path of paths) expect((await fixture.send({ path })).status).toBe(200);
    for (const path of ['/metrics', '/control/server', '/control/openapi.json']) {
      expect((await fixture.send({ path })).status).toBe(401);
    }
  });
});
