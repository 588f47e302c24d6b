import { X509Certificate } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:tls';
import { expect, test } from 'vitest';
import { createFakeClock } from '../../testing/fake-clock.ts';
import { createAuthority, spkiHash } from './authority.ts';
import { LeafRotation } from './leaf-rotation.ts';
import { issueLeaf } from './leaf.ts';

const dayMs = 24 * 60 * 60 * 1000;
const now = Date.UTC(2026, 5, 1);
const authority = await createAuthority({ now, name: 'Attic' });

function leafOf(cert: string): X509Certificate {
  return new X509Certificate(cert.slice(0, cert.indexOf('-----END') + 60));
}

test('an authority may sign, began a year ago and lasts twenty', () => {
  const certificate = new X509Certificate(authority.certPem);
  expect(certificate.ca).toBe(true);
  expect(certificate.subject).toBe('CN=Attic');
  expect(certificate.validFromDate.getTime()).toBe(now - 365 * dayMs);
  expect(certificate.validToDate.getTime()).toBe(now + 20 * 365 * dayMs);
  expect(certificate.publicKey.asymmetricKeyDetails?.namedCurve).toBe('prime256v1');
});

test('the pin is the hash of the public key, whatever the certificate is called', async () => {
  const other = await createAuthority({ now });
  expect(spkiHash(authority.certPem)).toMatch(/^[\w-]{43}$/);
  expect(spkiHash(authority.certPem)).toBe(spkiHash(new X509Certificate(authority.certPem).raw));
  expect(spkiHash(other.certPem)).not.toBe(spkiHash(authority.certPem));
});

test('a leaf is signed by its authority, for its names only, and cannot sign', async () => {
  const { cert } = await issueLeaf(
    authority,
    ['pool.example.org', '192.0.2.7', '[2001:db8::1%en0]'],
    now,
  );
  const leaf = leafOf(cert);
  expect(leaf.verify(new X509Certificate(authority.certPem).publicKey)).toBe(true);
  expect(leaf.ca).toBe(false);
  expect(leaf.checkHost('pool.example.org')).toBe('pool.example.org');
  expect(leaf.checkHost('example.org')).toBeUndefined();
  expect(leaf.checkIP('192.0.2.7')).toBe('192.0.2.7');
  expect(leaf.checkIP('2001:db8::1')).toBe('2001:db8::1');
});

test('a leaf lasts 90 days and never begins before its authority', async () => {
  const young = leafOf((await issueLeaf(authority, ['a'], now)).cert);
  expect(young.validFromDate.getTime()).toBe(now - 365 * dayMs);
  expect(young.validToDate.getTime()).toBe(now + 90 * dayMs);
  const later = leafOf((await issueLeaf(authority, ['a'], now + 500 * dayMs)).cert);
  expect(later.validFromDate.getTime()).toBe(now + 135 * dayMs);
});

test('two leaves never share a key or a serial number', async () => {
  const [one, two] = [
    await issueLeaf(authority, ['a'], now),
    await issueLeaf(authority, ['a'], now),
  ];
  expect(one.key).not.toBe(two.key);
  expect(leafOf(one.cert).serialNumber).not.toBe(leafOf(two.cert).serialNumber);
});

async function rotationWith(names: () => readonly string[]) {
  const clock = createFakeClock(now);
  const rotated: (readonly string[])[] = [];
  const failures: unknown[] = [];
  const rotation = await LeafRotation.open({
    authority,
    names,
    clock,
    onRotated: (leaf) => rotated.push(leaf.names),
    onFailure: (error) => failures.push(error),
  });
  const passDays = async (days: number): Promise<void> => {
    await clock.advance(days * dayMs);
    await rotation.refresh();
  };
  return { clock, rotation, rotated, failures, passDays };
}

test('renews when a third of the life is left, and not before', async () => {
  const { rotation, rotated, passDays } = await rotationWith(() => ['a']);
  const first = rotation.leaf;
  await passDays(59);
  expect(rotation.leaf).toBe(first);
  await passDays(2);
  expect(rotated).toEqual([['a']]);
  expect(rotation.leaf.notAfter).toBeGreaterThan(first.notAfter);
  rotation.close();
});

test('renews at once when the names have changed, not when only their order has', async () => {
  let names = ['a', 'b'];
  const { rotation, rotated } = await rotationWith(() => names);
  names = ['b', 'a'];
  await rotation.refresh();
  expect(rotated).toEqual([]);
  names = ['a', '192.0.2.7'];
  await rotation.refresh();
  expect(rotated).toEqual([['a', '192.0.2.7']]);
  rotation.close();
});

test('a failure keeps the last certificate and is told', async () => {
  let names = ['a'];
  const { rotation, failures } = await rotationWith(() => names);
  const first = rotation.leaf;
  names = ['1:2:not an address'];
  await rotation.refresh();
  expect(failures).toHaveLength(1);
  expect(rotation.leaf).toBe(first);
  rotation.close();
});

test('a closed rotation has no timer left', async () => {
  const { clock, rotation } = await rotationWith(() => ['a']);
  expect(clock.waiting).toBe(1);
  rotation.close();
  expect(clock.waiting).toBe(0);
});

test('a running server goes on with the renewed certificate under the same root', async () => {
  const real = await createAuthority({ now: Date.now() });
  let names = ['one.test'];
  const rotation = await LeafRotation.open({
    authority: real,
    names: () => names,
    clock: createFakeClock(Date.now()),
    onRotated: (leaf) => {
      server.setSecureContext(leaf);
    },
    onFailure: (error) => {
      throw error;
    },
  });
  const server = createServer({ cert: rotation.leaf.cert, key: rotation.leaf.key }, (socket) => {
    socket.on('error', () => {});
    socket.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const connectTo = (servername: string): Promise<boolean> =>
    new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', servername, ca: real.certPem }, () => {
        resolve(socket.authorized);
        socket.destroy();
      });
      socket.on('error', reject);
    });
  expect(await connectTo('one.test')).toBe(true);
  names = ['two.test'];
  await rotation.refresh();
  expect(await connectTo('two.test')).toBe(true);
  await expect(connectTo('one.test')).rejects.toMatchObject({
    code: 'ERR_TLS_CERT_ALTNAME_INVALID',
  });
  rotation.close();
  await new Promise((resolve) => server.close(resolve));
});
