import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { describe, expect, onTestFinished, test } from 'vitest';
import { silentLogger } from '../../platform/logger.ts';
import { systemClock } from '../../platform/system-clock.ts';
import { createFakeClock } from '../../testing/fake-clock.ts';
import { openMdns } from './mdns.ts';
import type { FoundService, MdnsDeps } from './mdns.ts';
import { Nearby } from './nearby.ts';
import { formatAnnouncement } from './offer-text.ts';

const spkiOf = (letter: string): string => letter.repeat(43);
const announced = (letter: string) => ({
  ...{ poolName: `Lab ${letter}`, ownerName: 'Mara', gatewayName: 'den', version: '0.4.0' },
  ...{ spki: spkiOf(letter), port: 8443 },
});
const service = (letter: string, addresses: readonly string[] = ['192.168.1.7']): FoundService => ({
  text: formatAnnouncement(announced(letter)),
  port: 8443,
  addresses,
});

function openNearby() {
  const clock = createFakeClock();
  const said: string[] = [];
  const world = {
    mayFind: true,
    announcement: undefined as ReturnType<typeof announced> | undefined,
  };
  let mdns: MdnsDeps | undefined;
  const nearby = new Nearby({
    ...{ clock, logger: silentLogger, ownSpki: spkiOf('O') },
    mayFind: () => world.mayFind,
    announcement: () => world.announcement,
    openMdns(deps) {
      mdns = deps;
      said.push('open');
      return {
        browse: () => void said.push('browse'),
        announce: ({ name, port }) => void said.push(`announce ${name} ${port.toString()}`),
        withdraw: () => Promise.resolve(void said.push('withdraw')),
        close: () => Promise.resolve(void said.push('close')),
      };
    },
  });
  const hear = (found: FoundService): void => mdns?.onFound(found);
  const lose = (gone: FoundService): void => mdns?.onLost(gone);
  return {
    nearby,
    clock,
    said,
    world,
    hear,
    lose,
    fail: () => mdns?.onFailed(new Error('no socket')),
  };
}

describe('what others offer', () => {
  test('is listed with its address and the pin that it must prove', async () => {
    const { nearby, hear } = openNearby();
    await nearby.refresh();
    hear(service('A', ['192.168.1.7', 'fe80::1', '::ffff:10.0.0.9', '8.8.8.8', 'evil.example']));
    expect(nearby.list()).toEqual([
      {
        id: spkiOf('A'),
        ...{ poolName: 'Lab A', ownerName: 'Mara', gatewayName: 'den' },
        address: '192.168.1.7:8443',
        gateway: {
          candidates: ['192.168.1.7:8443', '10.0.0.9:8443'],
          trust: { kind: 'pin', spki: spkiOf('A') },
        },
      },
    ]);
  });

  test('leads nowhere outside of this network', async () => {
    const { nearby, hear } = openNearby();
    await nearby.refresh();
    hear(service('A', ['8.8.8.8', 'evil.example', '']));
    hear({ ...service('B'), port: 0 });
    hear({ ...service('C'), port: 70_000 });
    hear(service('O'));
    expect(nearby.list()).toEqual([]);
  });

  test('is forgotten when three questions got no answer', async () => {
    const { nearby, clock, hear, said } = openNearby();
    await nearby.refresh();
    hear(service('A'));
    hear(service('B'));
    await clock.advance(150_000);
    hear(service('A'));
    await clock.advance(90_000);
    expect(nearby.list().map(({ id }) => id)).toEqual([spkiOf('A')]);
    expect(said).toEqual(['open', 'browse', 'browse', 'browse', 'browse', 'browse']);
  });

  test('is bounded, and those who came first stay', async () => {
    const { nearby, hear } = openNearby();
    await nearby.refresh();
    for (let each = 0; each < 500; each += 1) {
      const spki = each.toString().padStart(43, 'x');
      hear({ ...service('A'), text: formatAnnouncement({ ...announced('A'), spki }) });
    }
    expect(nearby.list()).toHaveLength(20);
    expect(nearby.list()[0]?.id).toBe('0'.padStart(43, 'x'));
  });

  test('is told when it changed, and not when it is only repeated', async () => {
    const { nearby, hear } = openNearby();
    let news = 0;
    nearby.onChanged(() => (news += 1));
    await nearby.refresh();
    for (let each = 0; each < 10; each += 1) hear(service('A'));
    expect(news).toBe(1);
    hear(service('A', ['192.168.1.8']));
    expect(news).toBe(2);
  });

  test('is gone when it says goodbye', async () => {
    const { nearby, hear, lose } = openNearby();
    await nearby.refresh();
    hear(service('A'));
    hear(service('B'));
    lose(service('A'));
    expect(nearby.list().map(({ id }) => id)).toEqual([spkiOf('B')]);
  });

  test('is gone at once when its owner does not want to see it', async () => {
    const { nearby, hear, world, said } = openNearby();
    await nearby.refresh();
    hear(service('A'));
    world.mayFind = false;
    await nearby.refresh();
    hear(service('B'));
    expect(nearby.list()).toEqual([]);
    expect(said.at(-1)).toBe('close');
  });
});

describe('this gateway', () => {
  test('announces itself while it may, and says goodbye', async () => {
    const { nearby, world, said } = openNearby();
    world.mayFind = false;
    await nearby.refresh();
    expect(said).toEqual([]);
    world.announcement = announced('O');
    await nearby.refresh();
    await nearby.refresh();
    world.announcement = undefined;
    await nearby.refresh();
    expect(said).toEqual(['open', 'announce millpond-OOOOOOOOOOOO 8443', 'withdraw', 'close']);
  });

  test('announces a new name in place of the old one', async () => {
    const { nearby, world, said } = openNearby();
    world.announcement = announced('O');
    await nearby.refresh();
    world.announcement = { ...announced('O'), poolName: 'Attic' };
    await nearby.refresh();
    expect(said.filter((word) => word === 'withdraw')).toHaveLength(1);
    expect(said.filter((word) => word.startsWith('announce'))).toHaveLength(2);
  });

  test('begins anew on another network and after its socket failed', async () => {
    const { nearby, world, said, hear, fail } = openNearby();
    world.announcement = announced('O');
    await nearby.refresh();
    hear(service('A'));
    await nearby.networkChanged();
    expect(nearby.list()).toEqual([]);
    fail();
    await nearby.refresh();
    expect(said.filter((word) => word === 'open')).toHaveLength(3);
    expect(said.filter((word) => word === 'close')).toHaveLength(2);
  });
});

test('two gateways find each other over multicast, and hear a goodbye', async ({ skip }) => {
  const port = await freeUdpPort();
  const network = { interface: '127.0.0.1', bind: '0.0.0.0', port };
  const open = (letter: string): Nearby => {
    const nearby = new Nearby({
      ...{ clock: systemClock, logger: silentLogger, ownSpki: spkiOf(letter) },
      mayFind: () => true,
      announcement: () => announced(letter),
      openMdns: (deps) => openMdns(deps, network),
    });
    onTestFinished(() => nearby.stop());
    return nearby;
  };
  if (!(await hearsMulticast(port))) skip('this machine passes no multicast over loopback');
  const [a, b] = [open('A'), open('B')];
  const found = Promise.all([firstOffer(a), firstOffer(b)]);
  await Promise.all([a.refresh(), b.refresh()]);
  const [fromA, fromB] = await found;
  expect(fromA).toMatchObject({ poolName: 'Lab B', address: '127.0.0.1:8443' });
  expect(fromB).toMatchObject({ poolName: 'Lab A', address: '127.0.0.1:8443' });
  const gone = firstOffer(b);
  await a.stop();
  expect(await gone).toBeUndefined();
});

function firstOffer(nearby: Nearby): Promise<unknown> {
  return new Promise((resolve) => {
    nearby.onChanged(() => {
      resolve(nearby.list()[0]);
    });
  });
}

async function freeUdpPort(): Promise<number> {
  const socket = createSocket('udp4');
  socket.bind(0);
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  return port;
}

/** Whether what is sent to the group over loopback comes back. */
async function hearsMulticast(port: number): Promise<boolean> {
  const socket = createSocket({ type: 'udp4', reuseAddr: true });
  try {
    socket.bind(port);
    await once(socket, 'listening');
    socket.addMembership('224.0.0.251', '127.0.0.1');
    socket.setMulticastInterface('127.0.0.1');
    const heard = once(socket, 'message', { signal: AbortSignal.timeout(2000) });
    socket.send('hello', port, '224.0.0.251');
    await heard;
    return true;
  } catch {
    return false;
  } finally {
    socket.close();
  }
}
