import { once } from 'node:events';
import { request as requestHttp } from 'node:http';
import { connect as connectTcp } from 'node:net';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createConnectionRegister } from '../../platform/http/connection-register.ts';
import { systemClock } from '../../platform/system-clock.ts';
import { spkiHash } from '../../platform/tls/authority.ts';
import { issueLeaf } from '../../platform/tls/leaf.ts';
import { offeredModel, ownerPersonId } from '../../testing/gateway-fixture.ts';
import { createScriptedBackend } from '../../testing/scripted-backend.ts';
import { enrol } from '../../tunnel/client/enrol.ts';
import { createIdentity } from '../../tunnel/identity/identity.ts';
import type { UpstreamDirectory } from '../ports.ts';
import { clientAddress, markProxied, proxyTrust, withoutBasePath } from './proxied.ts';
import { authority, openPublicDoor, password } from './public-door.fixture.ts';

const listen = { host: '127.0.0.1', port: 0, trusted: ['127.0.0.1/32'], basePath: '' };

interface Answer {
  readonly status: number;
  readonly text: string;
}

function ask(
  port: number,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  method = 'GET',
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = requestHttp({ host: '127.0.0.1', port, path, headers, method, agent: false });
    outgoing.on('error', reject);
    outgoing.on('response', (incoming) => {
      void Array.fromAsync(incoming as AsyncIterable<Buffer>).then((pieces) => {
        resolve({
          status: incoming.statusCode ?? 0,
          text: Buffer.concat(pieces).toString('utf8'),
        });
      });
    });
    outgoing.end();
  });
}

describe('the port behind a reverse proxy', () => {
  test('takes everybody for a stranger, as nginx sends them by default', async () => {
    const { gateway } = await openPublicDoor(
      { preferences: () => ({ keyless: true }) },
      false,
      listen,
    );
    const port = gateway.door.proxyPort ?? 0;
    // Its default `proxy_pass` names the upstream as the host, and adds no header at all.
    expect((await ask(port, '/v1/models')).status).toBe(401);
    const { key } = await gateway.keys.create(ownerPersonId, 'laptop');
    const authorization = `Bearer ${key}`;
    expect((await ask(port, '/v1/models', { authorization })).status).toBe(200);
    expect((await ask(port, '/health')).status).toBe(200);
  });

  test('goes by the name that the proxy was asked for, and by no other', async () => {
    const { gateway } = await openPublicDoor({}, false, listen);
    const port = gateway.door.proxyPort ?? 0;
    const named = (host: string, origin?: string) =>
      ask(port, '/control/welcome', {
        'x-forwarded-host': host,
        'x-forwarded-proto': 'https',
        ...(origin !== undefined && { origin }),
      });
    expect((await named('pool.example.org')).status).toBe(200);
    expect((await named('pool.example.org', 'https://pool.example.org')).status).toBe(200);
    expect((await named('pool.example.org', 'https://evil.example')).status).toBe(403);
    expect((await named('evil.example')).status).toBe(403);
  });

  test('answers below the path that the proxy leaves in', async () => {
    const { gateway } = await openPublicDoor({}, false, { ...listen, basePath: '/millpond' });
    const port = gateway.door.proxyPort ?? 0;
    expect((await ask(port, '/millpond/health')).status).toBe(200);
    expect((await ask(port, '/health')).status).toBe(200);
    expect((await ask(port, '/millpond/v1/models')).status).toBe(401);
  });

  test('tells the window where it lies, and nobody else’s window', async () => {
    const site = { ...listen, basePath: '/millpond' };
    const { gateway, folder, visit } = await openPublicDoor({}, false, site);
    const built = `<html data-base-path=""><script src="/assets/a.js"></script><a href="//b">`;
    writeFileSync(join(folder, 'index.html'), built);
    const port = gateway.door.proxyPort ?? 0;
    for (const path of ['/millpond', '/millpond/', '/millpond/chat/1', '/millpond/index.html']) {
      const { status, text } = await ask(port, path);
      expect(status).toBe(200);
      expect(text).toContain(
        '<html data-base-path="/millpond"><script src="/millpond/assets/a.js">',
      );
      expect(text).toContain('href="//b"');
    }
    expect((await visit({ path: '/chat/1' })).text).toBe(built);
  });

  test('lets in whom the proxy names, and nobody by that header anywhere else', async () => {
    const { gateway, visit } = await openPublicDoor({}, false, {
      ...listen,
      userHeader: 'remote-user',
    });
    const { people } = gateway;
    await people.pools.start({ name: 'lab', password });
    await people.accounts.create({ name: 'Ann', role: 'member', by: ownerPersonId });
    const port = gateway.door.proxyPort ?? 0;
    const signIn = (user?: string) =>
      ask(
        port,
        '/control/proxy-sign-in',
        user === undefined ? {} : { 'remote-user': user },
        'POST',
      );

    const welcome = await ask(port, '/control/welcome', { 'remote-user': 'Ann' });
    expect(JSON.parse(welcome.text)).toMatchObject({ proxyUser: 'Ann' });
    const { status, text } = await signIn('Ann');
    expect(status).toBe(200);
    const { token } = JSON.parse(text) as { token: string };
    const me = await ask(port, '/control/me', { authorization: `Bearer ${token}` });
    expect(JSON.parse(me.text)).toMatchObject({ name: 'Ann', role: 'member' });

    expect(await signIn('Mallory')).toMatchObject({
      status: 403,
      text: expect.stringContaining('nobody has added here') as string,
    });
    expect((await signIn()).status).toBe(401);
    const forged = { path: '/control/proxy-sign-in', method: 'POST', body: '{}' };
    expect((await visit({ ...forged, headers: { 'remote-user': 'Ann' } })).status).toBe(401);
  });

  test('keeps to itself whom the proxy names', async () => {
    const servedBy = { upstream: 'cloud', machine: 'Cloud', model: 'm', provider: 'Cloud' };
    const cloud = createScriptedBackend(() => [
      { type: 'head', servedBy, headers: {}, status: 200 },
      { type: 'bytes', bytes: new Uint8Array() },
    ]);
    const directory: UpstreamDirectory = {
      models: () => [offeredModel('m')],
      resolve: () => ({ id: 'm' }),
      candidates: () => [{ id: 'cloud', kind: 'provider', speaks: ['openai'], backend: cloud }],
    };
    const header = { userHeader: 'x-signed-in-as' };
    const { gateway } = await openPublicDoor({ directory }, false, { ...listen, ...header });
    const { key } = await gateway.keys.create(ownerPersonId, 'laptop');
    const { status } = await ask(gateway.door.proxyPort ?? 0, '/v1/proxy/m/x', {
      ...{ authorization: `Bearer ${key}`, 'x-signed-in-as': 'Ann', 'x-fine': 'yes' },
    });
    expect(status).toBe(200);
    expect(cloud.calls[0]?.request.raw?.headers).toEqual({ 'x-fine': 'yes' });
  });

  test('ends whoever is not the proxy unread', async () => {
    const { gateway } = await openPublicDoor({}, false, { ...listen, trusted: ['10.9.8.7'] });
    const socket = connectTcp(gateway.door.proxyPort ?? 0, '127.0.0.1');
    socket.on('error', () => {});
    await once(socket, 'close');
    expect(socket.bytesRead).toBe(0);
  });

  test('hands the tunnel on that the proxy forwards as plain HTTP/2', async () => {
    const { gateway } = await openPublicDoor({}, false, listen);
    const proxy = await startTlsProxy(gateway.door.proxyPort ?? 0);
    const { people } = gateway;
    const pool = await people.pools.start({ name: 'lab', password });
    const wish = { rights: 'ask', role: 'member', trust: 'guest', models: [] } as const;
    const { secret } = await people.invites.create(pool.id, { ...wish, by: ownerPersonId });
    const grant = await enrol({
      gateway: {
        candidates: [`127.0.0.1:${proxy.toString()}`],
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
  });
});

/** Ends TLS as a reverse proxy does, and passes the bytes inside on. */
async function startTlsProxy(target: number): Promise<number> {
  const leaf = await issueLeaf(authority, ['127.0.0.1'], Date.now());
  const server = createTlsServer(
    { cert: leaf.cert, key: leaf.key, ALPNProtocols: ['h2'] },
    (outside) => {
      const inside = connectTcp(target, '127.0.0.1');
      for (const socket of [outside, inside]) socket.on('error', () => {});
      outside.pipe(inside).pipe(outside);
    },
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
  });
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

describe('what a proxy says about who asks', () => {
  const trust = proxyTrust({ trusted: ['10.0.0.0/8', '::1'], basePath: '' });
  const from = (remoteAddress: string, forwarded: string | undefined, isProxied = true) => {
    const socket = { remoteAddress } as never;
    if (isProxied) markProxied(socket, trust);
    return clientAddress({ socket, headers: { 'x-forwarded-for': forwarded } });
  };

  test.each([
    [
      'the last address that no trusted proxy added',
      '203.0.113.9, 198.51.100.7, 10.0.0.3',
      '198.51.100.7',
    ],
    ['an address with its port', '198.51.100.7:4711', '198.51.100.7'],
    ['an IPv6 address in brackets', '[2001:db8::7]:4711', '2001:db8::7'],
    ['the proxy itself, where it names nobody', undefined, '10.0.0.2'],
    ['the proxy itself, where it names nonsense', 'unknown', '10.0.0.2'],
  ])('%s', (_what, forwarded, expected) => {
    expect(from('10.0.0.2', forwarded)).toBe(expected);
  });

  test('counts for nothing on any other port', () => {
    expect(from('10.0.0.2', '198.51.100.7', false)).toBe('10.0.0.2');
  });

  test('a network that is none is refused by name', () => {
    for (const network of ['example.org', '10.0.0.0/33', '']) {
      expect(() => proxyTrust({ trusted: [network], basePath: '' })).toThrow(`'${network}'`);
    }
    expect(() => proxyTrust({ trusted: [], basePath: 'millpond/' })).toThrow('/millpond');
  });

  test.each([
    ['/millpond', '/'],
    ['/millpond/', '/'],
    ['/millpond?x=1', '/?x=1'],
    ['/millpond/v1/models', '/v1/models'],
    ['/millpondish', '/millpondish'],
    ['/v1/models', '/v1/models'],
  ])('%s lies at %s', (url, expected) => {
    expect(withoutBasePath(url, { trusted: [], basePath: '/millpond' })).toBe(expected);
  });
});
