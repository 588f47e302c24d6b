import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request as requestTls } from 'node:https';
import { createServer, connect as connectTcp } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { GatewayDeps } from '../../app/build-gateway.ts';
import { livePath, liveCloseCodes } from '../../contract/live.ts';
import { createConnectionRegister } from '../../platform/http/connection-register.ts';
import { systemClock } from '../../platform/system-clock.ts';
import { createAuthority, spkiHash } from '../../platform/tls/authority.ts';
import type { Authority } from '../../platform/tls/authority.ts';
import { issueLeaf } from '../../platform/tls/leaf.ts';
import { createIdentity } from '../../tunnel/identity/identity.ts';
import { enrol } from '../../tunnel/client/enrol.ts';
import { createFakeClock } from '../../testing/fake-clock.ts';
import {
  fixtureHandlers,
  ownerPersonId,
  ownerToken,
  silentLogger,
  startGateway,
} from '../../testing/gateway-fixture.ts';
import type { GatewayFixture } from '../../testing/gateway-fixture.ts';
import { noPools } from '../../testing/no-pools.ts';
import { createScriptedBackend, saying } from '../../testing/scripted-backend.ts';
import { openPublicPort } from './public-port.ts';
import type { PublicPort } from './public-port.ts';

const password = 'correct horse battery';
let authority: Authority;
let folder: string;
const gateways: GatewayFixture[] = [];

beforeAll(async () => {
  authority = await createAuthority({ now: Date.now() });
  folder = mkdtempSync(join(tmpdir(), 'millpond-window-'));
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Millpond</title>');
  writeFileSync(join(folder, 'ca.pem'), authority.certPem);
});

afterAll(async () => {
  for (const { gateway } of gateways) await gateway.stop();
  rmSync(folder, { recursive: true });
});

interface Opened extends GatewayFixture {
  readonly publicPort: number;
  readonly visit: (request: Visit) => Promise<Answer>;
}

interface Visit {
  readonly path: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
}

/** A real gateway with its public port open on a free port. */
async function open(changes: Partial<GatewayDeps> = {}, isHeadless = false): Promise<Opened> {
  const fixture = await startGateway(
    createScriptedBackend(() => saying('Hi')),
    {
      rendererFolder: folder,
      pool: {
        ...noPools,
        identity: { gatewayId: 'g', authority, spki: spkiHash(authority.certPem) },
        publicNames: () => ['pool.example.org', '127.0.0.1'],
        isHeadless,
      },
      handlers: (gateway) => {
        const handlers = fixtureHandlers(gateway);
        return {
          ...handlers,
          session: {
            ...handlers.session,
            welcome: () => gateway.signIn.welcome(),
            setUp: (input, { peer }) => gateway.signIn.setUp(input, peer),
            signIn: (input, { peer }) => gateway.signIn.signIn(input, peer),
          },
        };
      },
      ...changes,
    },
  );
  gateways.push(fixture);
  await fixture.gateway.door.open(0);
  const publicPort = fixture.gateway.door.port ?? 0;
  return { ...fixture, publicPort, visit: (request) => visitPort(publicPort, request) };
}

function visitPort(port: number, { path, method = 'GET', headers, body }: Visit): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = requestTls(
      {
        ...{ host: '127.0.0.1', port, path, method, agent: false, ca: authority.certPem },
        servername: 'pool.example.org',
        headers: { ...(body !== undefined && jsonBody(body)), ...headers },
      },
      (incoming) => {
        const pieces: Buffer[] = [];
        incoming.on('data', (piece: Buffer) => pieces.push(piece));
        incoming.on('end', () => {
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            text: Buffer.concat(pieces).toString('utf8'),
          });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

const jsonBody = (body: string) => ({
  'content-type': 'application/json',
  'content-length': Buffer.byteLength(body).toString(),
});

const post = (path: string, body: object, headers: Record<string, string> = {}): Visit => ({
  ...{ path, headers, method: 'POST', body: JSON.stringify(body) },
});

describe('one port for everybody', () => {
  test('curl gets the dashboard, which offers HTTP/2 first, and the tunnel’s client gets in', async () => {
    const { gateway, publicPort } = await open();
    const { people } = gateway;
    const pool = await people.pools.start({ name: 'lab', password });
    const wish = { rights: 'ask', role: 'member', trust: 'guest', models: [] } as const;
    const { secret } = await people.invites.create(pool.id, { ...wish, by: ownerPersonId });

    const url = `https://127.0.0.1:${publicPort.toString()}/join`;
    const flags = ['-s', '-m', '10', '--cacert', join(folder, 'ca.pem'), '-w', '|%{http_version}'];
    const { stdout } = await promisify(execFile)('curl', [...flags, url]);
    expect(stdout).toBe('<!doctype html><title>Millpond</title>|1.1');

    const grant = await enrol({
      gateway: {
        candidates: [`127.0.0.1:${publicPort.toString()}`],
        trust: { kind: 'pin', spki: spkiHash(authority.certPem) },
      },
      invite: secret,
      publicKey: createIdentity().publicKey,
      ...{ deviceName: 'desk', personName: 'Ann' },
      register: createConnectionRegister(systemClock),
      clock: systemClock,
      signal: AbortSignal.timeout(10_000),
    });
    expect(grant).toMatchObject({ poolName: 'lab', personName: 'Ann' });
    expect(people.gate.membership(grant.membershipId)).toMatchObject({ mayServe: false });
  });

  test('a client that names no protocol speaks HTTP/1.1; one that knows neither is sent away', async () => {
    const { publicPort } = await open();
    const ask = async (ALPNProtocols: string[] | undefined) => {
      const socket = connectTls({
        ...{ host: '127.0.0.1', port: publicPort, ca: authority.certPem },
        ...(ALPNProtocols && { ALPNProtocols }),
      });
      await once(socket, 'secureConnect');
      socket.write('GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n');
      const pieces = await Array.fromAsync(socket as AsyncIterable<Buffer>);
      return Buffer.concat(pieces).toString('utf8');
    };
    expect(await ask(undefined)).toContain('200 OK');
    expect(await ask(['h2', 'http/1.1'])).toContain('200 OK');
    await expect(ask(['smtp'])).rejects.toThrow(/no application protocol/);
  });

  test('a taken port is said; nothing is left open', async () => {
    const stranger = createServer();
    await new Promise<void>((resolve) => stranger.listen(0, resolve));
    const { port } = stranger.address() as AddressInfo;
    const { gateway } = await startOnce();
    const open = gateway.door.open(port);
    await expect(open).rejects.toMatchObject({ code: 'conflict', reason: 'port-in-use' });
    expect(gateway.door.port).toBeUndefined();
    await new Promise((resolve) => stranger.close(resolve));
    await gateway.door.open(port);
    expect(gateway.door.port).toBe(port);
  });

  async function startOnce() {
    const fixture = await open();
    await fixture.gateway.door.close('test');
    return fixture;
  }
});

describe('the public door', () => {
  test('is open to strangers exactly where the design says so', async () => {
    const { gateway, visit } = await open();
    const open_: string[] = [];
    for (const { method, url } of gateway.routes()) {
      const path = url.replace(/:\w+/g, '0190a000-0000-7000-8000-000000000002').replace('*', 'x');
      const hasBody = method !== 'GET' && method !== 'HEAD';
      const { status, text } = await visit({ method, path, ...(hasBody && { body: '{}' }) });
      if (status !== 401 && !text.includes('this-machine-only')) open_.push(`${method} ${url}`);
    }
    expect(open_.toSorted()).toEqual([
      'GET /*',
      'GET /control/live',
      'GET /control/welcome',
      'GET /health',
      'HEAD /*',
      'HEAD /control/live',
      'HEAD /control/welcome',
      'HEAD /health',
      'POST /control/set-up',
      'POST /control/sign-in',
    ]);
  }, 30_000);

  test('lets nobody in without a key, whatever the switch for this machine says', async () => {
    const { gateway, visit, send } = await open({ preferences: () => ({ keyless: true }) });
    expect((await send({ path: '/v1/models' })).status).toBe(200);
    for (const headers of [{}, { authorization: 'Bearer not-needed' }, { 'x-api-key': 'ollama' }]) {
      expect((await visit({ path: '/v1/models', headers })).status).toBe(401);
    }
    const { key } = await gateway.keys.create(ownerPersonId, 'laptop');
    const authorization = `Bearer ${key}`;
    expect((await visit({ path: '/v1/models', headers: { authorization } })).status).toBe(200);
  });

  test('takes neither the bearer of this start nor login codes, which stay at this machine', async () => {
    const { gateway, visit, send, publicPort } = await open();
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
    const { gateway, visit, send } = await open();
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
    const { gateway, visit, post: postHere } = await open({ clock });
    await gateway.people.passwords.set(ownerPersonId, { password });
    const guess = { password: 'wrong password' };
    for (let tries = 0; tries < 5; tries += 1) {
      expect((await visit(post('/control/sign-in', guess))).status).toBe(401);
    }
    const refused = await visit(post('/control/sign-in', { password }));
    expect([refused.status, refused.headers['retry-after']]).toEqual([429, '1']);
    expect((await postHere('/control/sign-in', { password })).status).toBe(200);
  }, 20_000);

  test('goes by its own names and addresses, so that no page can bring its own', async () => {
    const { visit } = await open();
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
    const { visit } = await open();
    const { headers } = await visit({ path: '/' });
    expect(headers['content-security-policy']).toContain("default-src 'self'");
    expect(headers['x-frame-options']).toBe('DENY');
    expect(headers['strict-transport-security']).toBeUndefined();
  });

  test('does not let a header make it loopback', async () => {
    const { visit, publicPort } = await open();
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
    const { gateway, visit } = await open({}, true);
    const { key } = await gateway.keys.create(ownerPersonId, 'early');
    const authorization = `Bearer ${key}`;
    const open_: string[] = [];
    for (const { method, url } of gateway.routes()) {
      const path = url.replace(/:\w+/g, '0190a000-0000-7000-8000-000000000002').replace('*', 'x');
      const hasBody = method !== 'GET' && method !== 'HEAD';
      const headers = { authorization };
      const { status } = await visit({ method, path, headers, ...(hasBody && { body: '{}' }) });
      if (status !== 503) open_.push(`${method} ${url}`);
    }
    expect(open_.toSorted()).toEqual([
      'GET /*',
      'GET /control/welcome',
      'HEAD /*',
      'HEAD /control/welcome',
      'POST /control/set-up',
    ]);
    const { text } = await visit({ path: '/control/welcome' });
    expect(JSON.parse(text)).toMatchObject({ needsSetup: true, hasPassword: false });
  }, 30_000);

  test('is set up with the code of its log, and open from then on', async () => {
    const { gateway, visit } = await open({}, true);
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

describe('connections', () => {
  async function openBare(handshakeWithinMs = 200) {
    const fixture = await open();
    let leaf = await issueLeaf(authority, ['127.0.0.1'], Date.now());
    const listeners = new Set<() => void>();
    const port: PublicPort = await openPublicPort({
      ...{ port: 0, host: '127.0.0.1', logger: silentLogger, handshakeWithinMs },
      server: createServer() as never,
      tls: {
        current: () => leaf,
        onRotated: (listener) => {
          listeners.add(listener);
          return () => void listeners.delete(listener);
        },
      },
    });
    const rotate = async (): Promise<void> => {
      leaf = await issueLeaf(authority, ['127.0.0.1'], Date.now());
      for (const listener of listeners) listener();
    };
    return { fixture, port, rotate, listeners };
  }

  test('that never begin the handshake are ended', async () => {
    const { port } = await openBare();
    const silent = connectTcp(port.port, '127.0.0.1');
    silent.resume();
    await once(silent, 'close');
    await port.close();
  });

  test('that shake hands and then say nothing are ended when the port closes', async () => {
    const { port, listeners } = await openBare();
    const socket = connectTls({ host: '127.0.0.1', port: port.port, ca: authority.certPem });
    await once(socket, 'secureConnect');
    socket.resume();
    const closed = once(socket, 'close');
    await port.close();
    await closed;
    expect(listeners.size).toBe(0);
  });

  test('made after a rotation get the new certificate; older ones go on', async () => {
    const { port, rotate } = await openBare();
    const serial = async () => {
      const socket = connectTls({ host: '127.0.0.1', port: port.port, ca: authority.certPem });
      await once(socket, 'secureConnect');
      return { socket, number: new X509Certificate(socket.getPeerCertificate().raw).serialNumber };
    };
    const before = await serial();
    await rotate();
    const after = await serial();
    expect(after.number).not.toBe(before.number);
    expect(before.socket.destroyed).toBe(false);
    await port.close();
  });

  test('that cannot speak HTTP/2 to a tunnel which is not there are ended', async () => {
    const { port } = await openBare();
    const socket = connectTls({
      ...{ host: '127.0.0.1', port: port.port, ca: authority.certPem, ALPNProtocols: ['h2'] },
    });
    await once(socket, 'secureConnect');
    socket.resume();
    await once(socket, 'close');
    await port.close();
  });
});
