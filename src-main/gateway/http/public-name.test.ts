import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { connect } from 'node:tls';
import type { ConnectionOptions } from 'node:tls';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { createConnectionRegister } from '../../platform/http/connection-register.ts';
import { systemClock } from '../../platform/system-clock.ts';
import { spkiHash } from '../../platform/tls/authority.ts';
import { ownerPersonId, silentLogger } from '../../testing/gateway-fixture.ts';
import { noPools } from '../../testing/no-pools.ts';
import { ownCertificate, pairFiles } from '../../testing/own-certificate.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { enrol } from '../../tunnel/client/enrol.ts';
import { verifyGateway } from '../../tunnel/client/verify-gateway.ts';
import { createIdentity } from '../../tunnel/identity/identity.ts';
import { authority, openPublicDoor, password } from './public-door.fixture.ts';
import { checkUsable, openPublicPort } from './public-port.ts';

/** A gateway whose owner has brought a certificate for `localhost`. */
async function openNamed(kind: 'rsa' | 'ecdsa' = 'rsa') {
  const own = await ownCertificate({ kind });
  const files = pairFiles(own, temporaryFolder());
  const door = await openPublicDoor({
    pool: {
      ...noPools,
      identity: { gatewayId: 'g', authority, spki: spkiHash(authority.certPem) },
      publicNames: () => ['localhost', '127.0.0.1'],
      certificateFiles: () => files,
    },
  });
  return { ...door, ...own, files };
}

/** Whose certificate a client gets: its subject. */
async function subjectFor(port: number, options: ConnectionOptions): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false, ...options });
  await once(socket, 'secureConnect');
  const { subject } = socket.getPeerX509Certificate() ?? { subject: '' };
  socket.destroy();
  return subject;
}

const theirs = 'CN=somebody else';
const ours = 'CN=Millpond gateway';

describe.each(['rsa', 'ecdsa'] as const)('a certificate of the owner’s own, %s', (kind) => {
  test('is for who comes by its name and speaks HTTP/1.1; the tunnel and addresses get the pool’s', async () => {
    const { publicPort } = await openNamed(kind);
    const servername = 'localhost';
    const asked: readonly (readonly [ConnectionOptions, string])[] = [
      [{ servername, ALPNProtocols: ['h2', 'http/1.1'] }, theirs],
      [{ servername, ALPNProtocols: ['http/1.1'] }, theirs],
      [{ servername }, theirs],
      [{ servername, maxVersion: 'TLSv1.2' }, theirs],
      [{ servername, ALPNProtocols: ['h2'] }, ours],
      [{ servername: 'other.example.org', ALPNProtocols: ['http/1.1'] }, ours],
      [{ ALPNProtocols: ['h2', 'http/1.1'] }, ours],
      [{}, ours],
    ];
    for (const [options, subject] of asked) {
      expect([options, await subjectFor(publicPort, options)]).toEqual([options, subject]);
    }
  });

  test('is what curl checks, while a machine that knows the pool joins under the same name', async () => {
    const { gateway, publicPort, files } = await openNamed(kind);
    const url = `https://localhost:${publicPort.toString()}/health`;
    const flags = ['-s', '-m', '10', '--cacert', files.certFile, '-w', '|%{http_version}'];
    const { stdout } = await promisify(execFile)('curl', [...flags, url]);
    expect(stdout).toMatch(/\|1\.1$/);

    const pool = await gateway.people.pools.start({ name: 'lab', password });
    const wish = { rights: 'ask', role: 'member', trust: 'guest', models: [] } as const;
    const { secret } = await gateway.people.invites.create(pool.id, { ...wish, by: ownerPersonId });
    const grant = await enrol({
      gateway: {
        candidates: [`localhost:${publicPort.toString()}`],
        trust: { kind: 'pin', spki: spkiHash(authority.certPem) },
      },
      invite: secret,
      publicKey: createIdentity().publicKey,
      ...{ deviceName: 'desk', personName: 'Ann' },
      register: createConnectionRegister(systemClock),
      clock: systemClock,
      signal: AbortSignal.timeout(10_000),
    });
    expect(grant).toMatchObject({ poolName: 'lab' });
  });
});

test('who is going to speak HTTP/1.1 sees the certificate that it will get', async () => {
  const { publicPort, cert } = await openNamed();
  const look = (protocol: 'h2' | 'http/1.1') =>
    verifyGateway(
      `localhost:${publicPort.toString()}`,
      { kind: 'webpki', host: 'localhost' },
      {
        ...{ register: createConnectionRegister(systemClock), clock: systemClock },
        ...{ publicRoots: cert, protocol, signal: AbortSignal.timeout(10_000) },
      },
    );
  expect(await look('http/1.1')).toMatchObject({ dialled: 'localhost' });
  await expect(look('h2')).rejects.toMatchObject({ reason: 'certificate' });
});

test('a key that TLS finds too short is refused in one sentence', async () => {
  const { cert, key } = await ownCertificate({ bits: 512 });
  expect(() => {
    checkUsable({ cert, key });
  }).toThrow('The certificate is too weak for TLS, or damaged');
});

test('the hello may come in pieces, and who never sends it whole is ended', async () => {
  const own = await ownCertificate();
  const listeners = new Set<() => void>();
  let current = own;
  const gateway = await ownCertificate({ names: ['pool.test'], kind: 'ecdsa' });
  const port = await openPublicPort({
    ...{ port: 0, host: '127.0.0.1', logger: silentLogger, handshakeWithinMs: 300 },
    server: { emit: () => true } as never,
    tls: { current: () => gateway, onRotated: () => () => undefined },
    named: {
      current: () => current,
      covers: (name) => name === 'localhost',
      onRotated: (listener) => {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    },
  });
  const silent = connectTcp(port.port, '127.0.0.1');
  silent.resume();
  silent.write(Buffer.from([22, 3, 1, 2]));
  const plain = connectTcp(port.port, '127.0.0.1');
  plain.resume();
  plain.write('GET / HTTP/1.1\r\n\r\n');
  // Every byte would put a timeout of silence off again.
  const trickling = connectTcp(port.port, '127.0.0.1');
  trickling.resume();
  trickling.on('error', () => undefined);
  trickling.write(Buffer.from([22, 3, 1, 0x3f, 0xff, 1, 0, 0x3f, 0]));
  const drip = setInterval(() => trickling.write(Buffer.from([1])), 20);
  await Promise.all([silent, plain, trickling].map((socket) => once(socket, 'close')));
  clearInterval(drip);

  const printOf = async (): Promise<string> => {
    const socket = connect({
      ...{ host: '127.0.0.1', port: port.port, servername: 'localhost' },
      rejectUnauthorized: false,
    });
    await once(socket, 'secureConnect');
    const { fingerprint256 } = socket.getPeerCertificate();
    socket.destroy();
    return fingerprint256;
  };
  const before = await printOf();
  current = await ownCertificate();
  for (const listener of listeners) listener();
  expect(await printOf()).not.toBe(before);
  await port.close();
  expect(listeners.size).toBe(0);
});
