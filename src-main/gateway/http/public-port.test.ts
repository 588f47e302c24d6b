import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { createServer, connect as connectTcp } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { createConnectionRegister } from '../../platform/http/connection-register.ts';
import { systemClock } from '../../platform/system-clock.ts';
import { spkiHash } from '../../platform/tls/authority.ts';
import { issueLeaf } from '../../platform/tls/leaf.ts';
import { createIdentity } from '../../tunnel/identity/identity.ts';
import { enrol } from '../../tunnel/client/enrol.ts';
import { ownerPersonId, silentLogger } from '../../testing/gateway-fixture.ts';
import { authority, openPublicDoor, password } from './public-door.fixture.ts';
import { openPublicPort } from './public-port.ts';
import type { PublicPort } from './public-port.ts';

describe('one port for everybody', () => {
  test('curl gets the dashboard, which offers HTTP/2 first, and the tunnel’s client gets in', async () => {
    const { gateway, publicPort, folder } = await openPublicDoor();
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
    const { publicPort } = await openPublicDoor();
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
    const { gateway } = await openPublicDoor();
    await gateway.door.close('test');
    const open = gateway.door.open(port);
    await expect(open).rejects.toMatchObject({ code: 'conflict', reason: 'port-in-use' });
    expect(gateway.door.port).toBeUndefined();
    await new Promise((resolve) => stranger.close(resolve));
    await gateway.door.open(port);
    expect(gateway.door.port).toBe(port);
  });
});

describe('connections', () => {
  async function openBare(handshakeWithinMs = 200) {
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
    return { port, rotate, listeners };
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
