import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ownerPersonId, ownerToken } from '../../testing/gateway-fixture.ts';
import type { GatewayFixture } from '../../testing/gateway-fixture.ts';
import { chat, expectError, hello, openContractScene } from './error-contract.fixture.ts';
import type { ContractScene } from './error-contract.fixture.ts';

let scene: ContractScene;
let fixture: GatewayFixture;

beforeEach(async () => {
  scene = await openContractScene();
  fixture = scene.fixture;
});

afterEach(async () => {
  await fixture.gateway.stop();
});

describe('who is let in', () => {
  test('a key works as bearer and as x-api-key until it is revoked', async () => {
    scene.isKeyless = false;
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
