import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { livePath, liveCloseCodes } from '../../contract/live.ts';
import { createFakeClock } from '../../testing/fake-clock.ts';
import { ownerPersonId, ownerToken } from '../../testing/gateway-fixture.ts';
import { authority, openPublicDoor, password, post } from './public-door.fixture.ts';

describe('the public door', () => {
  test('is open to strangers exactly where the design says so', async () => {
    const { gateway, visit } = await openPublicDoor();
    const openPaths: string[] = [];
    for (const { method, url } of gateway.routes()) {
      const path = url.replace(/:\w+/g, '0190a000-0000-7000-8000-000000000002').replace('*', 'x');
      const hasBody = method !== 'GET' && method !== 'HEAD';
      const { status, text } = await visit({ method, path, ...(hasBody && { body: '{}' }) });
      if (status !== 401 && !text.includes('this-machine-only')) openPaths.push(`${method} ${url}`);
    }
    expect(openPaths.toSorted()).toEqual([
      'GET /*',
      'GET /control/live',
      'GET /control/welcome',
      'GET /health',
      'HEAD /*',
      'HEAD /control/live',
      'HEAD /control/welcome',
      'HEAD /health',
      'POST /control/redeem',
      'POST /control/set-up',
      'POST /control/sign-in',
    ]);
  });

  test('lets nobody in without a key, whatever the switch for this machine says', async () => {
    const { gateway, visit, send } = await openPublicDoor({
      preferences: () => ({ keyless: true }),
    });
    expect((await send({ path: '/v1/models' })).status).toBe(200);
    for (const headers of [{}, { authorization: 'Bearer not-needed' }, { 'x-api-key': 'ollama' }]) {
      expect((await visit({ path: '/v1/models', headers })).status).toBe(401);
    }
    const { key } = await gateway.keys.create(ownerPersonId, 'laptop');
    const authorization = `Bearer ${key}`;
    expect((await visit({ path: '/v1/models', headers: { authorization } })).status).toBe(200);
  });

  test('takes neither the bearer of this start nor login codes, which stay at this machine', async () => {
    const { gateway, visit, send, publicPort } = await openPublicDoor();
    const authorization = `Bearer ${ownerToken}`;
    for (const path of ['/control/activity', '/v1/models']) {
      expect((await visit({ path, headers: { authorization } })).status).toBe(401);
      expect((await send({ path, headers: { authorization } })).status).toBe(200);
    }
    const code = gateway.sessions.createCode(ownerPersonId);
    const refused = await visit(post('/control/session', { code }));
    expect([refused.status, refused.text]).toEqual([403, expect.stringContaining('password')]);
    for (let guess = 0; guess < 20; guess += 1) {
      await visit(post('/control/session', { code: 'x'.repeat(22) }));
    }
    expect(await gateway.sessions.open(code)).toHaveProperty('token');

    const socket = new WebSocket(`wss://127.0.0.1:${publicPort.toString()}${livePath}`, {
      ca: authority.certPem,
    });
    await once(socket, 'open');
    socket.send(JSON.stringify({ type: 'hello', token: ownerToken }));
    expect((await once(socket, 'close'))[0]).toBe(liveCloseCodes.unauthenticated);
  });

  test('signs in by password, and the session works at both doors until it is closed', async () => {
    const { gateway, visit, send } = await openPublicDoor();
    await gateway.people.passwords.set(ownerPersonId, { password });
    const { text } = await visit(post('/control/sign-in', { password }));
    const { token } = JSON.parse(text) as { readonly token: string };
    const headers = { authorization: `Bearer ${token}` };
    expect((await visit({ path: '/control/activity', headers })).status).toBe(200);
    expect((await send({ path: '/control/activity', headers })).status).toBe(200);
    await gateway.sessions.closeAll(ownerPersonId);
    expect((await visit({ path: '/control/activity', headers })).status).toBe(401);
  });

  test('five wrong passwords wait, with Retry-After, and this machine does not', async () => {
    const clock = createFakeClock(Date.now());
    const { gateway, visit, post: postHere } = await openPublicDoor({ clock });
    await gateway.people.passwords.set(ownerPersonId, { password });
    const guess = { password: 'wrong password' };
    for (let tries = 0; tries < 5; tries += 1) {
      expect((await visit(post('/control/sign-in', guess))).status).toBe(401);
    }
    const refused = await visit(post('/control/sign-in', { password }));
    expect([refused.status, refused.headers['retry-after']]).toEqual([429, '1']);
    expect((await postHere('/control/sign-in', { password })).status).toBe(200);
  });

  test('goes by its own names and addresses, so that no page can bring its own', async () => {
    const { visit } = await openPublicDoor();
    const status = async (headers: Record<string, string>) =>
      (await visit({ path: '/health', headers })).status;
    for (const host of ['pool.example.org', 'Pool.Example.org:9443', '192.0.2.4:8443', '[::1]:1']) {
      expect([host, await status({ host })]).toEqual([host, 200]);
    }
    for (const host of ['evil.example', 'pool.example.org.evil.example', 'pool.example.org@x']) {
      expect([host, await status({ host })]).toEqual([host, 403]);
    }
    const host = 'pool.example.org';
    expect(await status({ host, origin: `https://${host}` })).toBe(200);
    expect(await status({ host, origin: `http://${host}` })).toBe(403);
    expect(await status({ host, origin: 'https://evil.example' })).toBe(403);
    expect(await status({ host, 'sec-fetch-site': 'cross-site' })).toBe(403);
  });

  test('sends the same strict headers as loopback, and no HSTS under a pinned certificate', async () => {
    const { visit } = await openPublicDoor();
    const { headers } = await visit({ path: '/' });
    expect(headers['content-security-policy']).toContain("default-src 'self'");
    expect(headers['x-frame-options']).toBe('DENY');
    expect(headers['strict-transport-security']).toBeUndefined();
  });

  test('does not let a header make it loopback', async () => {
    const { visit, publicPort } = await openPublicDoor();
    const headers = {
      host: `127.0.0.1:${publicPort.toString()}`,
      'x-forwarded-for': '127.0.0.1',
      forwarded: 'for=127.0.0.1;proto=http',
    };
    expect((await visit({ path: '/v1/models', headers })).status).toBe(401);
  });
});

describe('a gateway without a window that has not been set up', () => {
  test('shows strangers the set-up and nothing else', async () => {
    const { gateway, visit } = await openPublicDoor({}, true);
    const { key } = await gateway.keys.create(ownerPersonId, 'early');
    const authorization = `Bearer ${key}`;
    const openPaths: string[] = [];
    for (const { method, url } of gateway.routes()) {
      const path = url.replace(/:\w+/g, '0190a000-0000-7000-8000-000000000002').replace('*', 'x');
      const hasBody = method !== 'GET' && method !== 'HEAD';
      const headers = { authorization };
      const { status } = await visit({ method, path, headers, ...(hasBody && { body: '{}' }) });
      if (status !== 503) openPaths.push(`${method} ${url}`);
    }
    expect(openPaths.toSorted()).toEqual([
      'GET /*',
      'GET /control/welcome',
      'HEAD /*',
      'HEAD /control/welcome',
      'POST /control/set-up',
    ]);
    const { text } = await visit({ path: '/control/welcome' });
    expect(JSON.parse(text)).toMatchObject({ needsSetup: true, hasPassword: false });
  });

  test('is set up with the code of its log, and open from then on', async () => {
    const { gateway, visit } = await openPublicDoor({}, true);
    const code = gateway.signIn.setUpCode() ?? '';
    const input = { code, name: 'Grace', password };
    const { status, text } = await visit(post('/control/set-up', input));
    expect(status).toBe(200);
    const { token } = JSON.parse(text) as { readonly token: string };
    const headers = { authorization: `Bearer ${token}` };
    expect((await visit({ path: '/control/activity', headers })).status).toBe(200);
    expect((await visit(post('/control/set-up', input))).status).toBe(409);
  });
});
