import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { status } from '@grpc/grpc-js';
import { afterEach, describe, expect, test } from 'vitest';
import type { Clock } from '../../core/clock.ts';
import { createConnectionRegister } from '../../platform/http/connection-register.ts';
import { systemClock } from '../../platform/system-clock.ts';
import { createAuthority, spkiHash } from '../../platform/tls/authority.ts';
import { issueLeaf } from '../../platform/tls/leaf.ts';
import { createIdentity } from '../identity/identity.ts';
import type { GatewayAddress } from '../ports.ts';
import { enrol } from './enrol.ts';
import { openTestGateway, openTlsDoor } from './gateway.fixture.ts';
import { testGrant } from './memory-gate.fixture.ts';
import { openChannel } from './open-channel.ts';
import { verifyGateway } from './verify-gateway.ts';

const opened: { readonly close: () => Promise<unknown> }[] = [];
afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close();
});
function closing<T extends { readonly close: () => Promise<unknown> }>(resource: T): T {
  opened.push(resource);
  return resource;
}

const dayMs = 24 * 60 * 60 * 1000;
const authority = await createAuthority({ now: Date.now() });
const stranger = await createAuthority({ now: Date.now() });
const pin = { kind: 'pin', spki: spkiHash(authority.certPem) } as const;

function wayOut(clock: Clock = systemClock) {
  return {
    register: createConnectionRegister(systemClock),
    clock,
    signal: new AbortController().signal,
  };
}
const { publicKey } = createIdentity();
const person = { publicKey, deviceName: 'den', personName: 'Mei' };

describe('a pin', () => {
  test('takes the gateway, and every later certificate of its authority', async () => {
    for (const names of [['localhost'], ['renewed.example']]) {
      const door = closing(await openTlsDoor(await issueLeaf(authority, names, Date.now())));
      const found = await verifyGateway(`localhost:${door.port}`, pin, wayOut());
      expect(found.dialled).toBe(pin.spki);
      expect(found.serverName).toBe('localhost');
      expect(found.isLoopback).toBe(true);
      expect(door.receivedBytes).toBe(0);
    }
  });

  test('refuses a stranger, who gets a handshake and not one byte', async () => {
    const door = closing(await openTlsDoor(await issueLeaf(stranger, ['localhost'], Date.now())));
    const refused = verifyGateway(`127.0.0.1:${door.port}`, pin, wayOut());
    await expect(refused).rejects.toMatchObject({
      name: 'TunnelRefusal',
      reason: 'wrong-gateway',
      message: `At 127.0.0.1:${door.port} answers another gateway than the invite names, so nothing was sent to it; ask the pool's owner for a new invite`,
    });
    expect(door.connections).toBe(1);
    expect(door.receivedBytes).toBe(0);
  });

  test('refuses a stranger who shows the right authority behind a certificate of his own', async () => {
    const leaf = await issueLeaf(stranger, ['localhost'], Date.now());
    const own = leaf.cert.slice(0, leaf.cert.indexOf('-----END') + 26);
    const cert = `${own}\n${authority.certPem}\n`;
    const door = closing(await openTlsDoor({ cert, key: leaf.key }));
    const refused = verifyGateway(`127.0.0.1:${door.port}`, pin, wayOut());
    await expect(refused).rejects.toMatchObject({ reason: 'wrong-gateway' });
    expect(door.receivedBytes).toBe(0);
  });

  test('counts what it sends: the same door gets bytes when it is the pinned one', async () => {
    // The control of the tests above: the counter does count.
    const door = closing(await openTlsDoor(await issueLeaf(authority, ['localhost'], Date.now())));
    const gateway = await verifyGateway(`127.0.0.1:${door.port}`, pin, wayOut());
    const client = openChannel(gateway);
    client.control().on('error', () => {});
    expect(await door.firstBytes).toBeGreaterThan(0);
    expect(door.receivedBytes).toBeGreaterThan(0);
    client.close();
  });

  test('holds for the channel too: a stranger who takes the address meanwhile gets nothing', async () => {
    const right = await openTlsDoor(await issueLeaf(authority, ['localhost'], Date.now()));
    const gateway = await verifyGateway(`127.0.0.1:${right.port}`, pin, wayOut());
    await right.close();
    const leaf = await issueLeaf(stranger, ['localhost'], Date.now());
    const thief = closing(await openTlsDoor({ ...leaf, port: right.port }));
    const client = openChannel(gateway);
    const failed = await new Promise((resolve) => client.control().on('error', resolve));
    client.close();
    expect(failed).toMatchObject({ code: status.UNAVAILABLE });
    expect(thief.connections).toBe(1);
    expect(thief.receivedBytes).toBe(0);
  });
});

test('an invite is never told to a gateway that it does not name', async () => {
  const door = closing(await openTlsDoor(await issueLeaf(stranger, ['localhost'], Date.now())));
  const gateway = { candidates: [`127.0.0.1:${door.port}`], trust: pin };
  const joining = enrol({ ...wayOut(), ...person, gateway, invite: 'very-secret' });
  await expect(joining).rejects.toMatchObject({ code: 'forbidden', reason: 'wrong-gateway' });
  expect(door.receivedBytes).toBe(0);
});

describe('the dates of a certificate', () => {
  test.each([dayMs, -dayMs])('do not matter while a clock is off by %i ms', async (aheadMs) => {
    const gateway = closing(await openTestGateway({ aheadMs }));
    gateway.gate.invites.set('invite', testGrant());
    const joining = enrol({ ...wayOut(), ...person, gateway: gateway.address, invite: 'invite' });
    await expect(joining).resolves.toEqual(testGrant());
  });

  test('are named when a clock is off by years', async () => {
    const door = closing(await openTlsDoor(await issueLeaf(authority, ['localhost'], Date.now())));
    for (const years of [-3, 3]) {
      const clock = { ...systemClock, now: () => Date.now() + years * 365 * dayMs };
      const failed = verifyGateway(`127.0.0.1:${door.port}`, pin, wayOut(clock));
      await expect(failed).rejects.toThrow(
        /not valid on the date.*check the date of both computers/,
      );
    }
  });
});

describe('a public certificate', () => {
  const trust: GatewayAddress['trust'] = { kind: 'webpki', host: 'pool.example.org' };
  const publicRoots = authority.certPem;

  test('counts by its host name, whatever address was dialled', async () => {
    const names = ['pool.example.org'];
    const gateway = closing(await openTestGateway({ authority, names }));
    gateway.gate.invites.set('invite', testGrant());
    const address = { candidates: [`127.0.0.1:${gateway.port}`], trust };
    const options = { ...wayOut(), ...person, publicRoots, gateway: address, invite: 'invite' };
    await expect(enrol(options)).resolves.toEqual(testGrant());
    const found = await verifyGateway(address.candidates[0] ?? '', trust, {
      ...wayOut(),
      publicRoots,
    });
    expect(found.dialled).toBe('pool.example.org');
  });

  test('of another host, or of nobody known, is refused with nothing sent', async () => {
    for (const [names, roots] of [
      [['other.example.org'], authority.certPem],
      [['pool.example.org'], stranger.certPem],
    ] as const) {
      const door = closing(await openTlsDoor(await issueLeaf(authority, names, Date.now())));
      const address = `127.0.0.1:${door.port}`;
      const failed = verifyGateway(address, trust, { ...wayOut(), publicRoots: roots });
      await expect(failed).rejects.toMatchObject({ code: 'unavailable', reason: 'certificate' });
      expect(door.receivedBytes).toBe(0);
    }
  });
});

describe('the register of connections', () => {
  test('lists the gateway with its purpose and what was sent', async () => {
    const gateway = closing(await openTestGateway());
    gateway.gate.invites.set('invite', testGrant());
    const way = wayOut();
    await enrol({ ...way, ...person, gateway: gateway.address, invite: 'invite' });
    const [host] = way.register.hosts();
    expect(host).toMatchObject({
      host: `127.0.0.1:${gateway.port}`,
      isLoopback: true,
      purposes: ['pool'],
      requests: 1,
    });
    expect(host?.sentBytes).toBeGreaterThan(30);
    expect(host?.receivedBytes).toBeGreaterThan(30);
  });

  test('lets nothing out while Local only is on, not even the question for a name', async () => {
    const way = wayOut();
    way.register.setLocalOnly(true);
    const refused = verifyGateway('pool.invalid:8443', pin, way);
    await expect(refused).rejects.toMatchObject({ code: 'forbidden', reason: 'local-only' });
    expect(way.register.hosts()).toMatchObject([
      { host: 'pool.invalid:8443', refused: 1, requests: 0 },
    ]);
  });
});

test('says what else answers, or that nobody does', async () => {
  const plain = createServer((socket) => {
    socket.on('error', () => {});
    socket.resume();
    socket.end('SSH-2.0-OpenSSH\r\n');
  });
  await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
  const { port } = plain.address() as AddressInfo;
  await expect(verifyGateway(`127.0.0.1:${port}`, pin, wayOut())).rejects.toThrow(
    /does not speak TLS/,
  );
  await new Promise((resolve) => plain.close(resolve));
  await expect(verifyGateway(`127.0.0.1:${port}`, pin, wayOut())).rejects.toThrow(
    /nothing answers/,
  );
  await expect(verifyGateway('no-port', pin, wayOut())).rejects.toThrow(/no address of the form/);
});

test('only the look at a chain goes without verification, and no channel ever does', () => {
  const folder = join(import.meta.dirname, '..', '..');
  const careless = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (file) =>
      file.endsWith('.ts') &&
      !/[.](?:test|fixture)[.]ts$/.test(file) &&
      /rejectUnauthorized|NODE_TLS_REJECT_UNAUTHORIZED/.test(
        readFileSync(join(folder, file), 'utf8'),
      ),
  );
  expect(careless.map((file) => file.replaceAll('\\', '/'))).toEqual([
    'tunnel/client/peer-chain.ts',
  ]);
});
