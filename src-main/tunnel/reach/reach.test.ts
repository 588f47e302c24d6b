import { describe, expect, test } from 'vitest';
import { silentLogger } from '../../platform/logger.ts';
import { createFakeClock, settle } from '../../testing/fake-clock.ts';
import type { OwnAddress, ReachSettings, RouterAnswer } from './ports.ts';
import { ReachWatch } from './reach.ts';

const home: OwnAddress = { card: 'eth0', address: '192.168.1.20', mac: '02:00:00:00:00:01' };
const everybody: ReachSettings = { publicAddress: '', mapPort: true, localOnly: false };
const opened: RouterAnswer = {
  kind: 'answered',
  externalAddress: '81.2.69.142',
  mapping: { host: '81.2.69.142', port: 8443 },
};
const silent: RouterAnswer = { kind: 'silent' };
const fromOutside = { remoteAddress: '::ffff:9.9.9.9', localAddress: '192.168.1.20' };

function openReach(options: {
  readonly own?: readonly OwnAddress[];
  readonly answer?: RouterAnswer;
  readonly settings?: Partial<ReachSettings>;
}) {
  const clock = createFakeClock();
  const world = {
    own: options.own ?? [home],
    answer: options.answer ?? silent,
    settings: { ...everybody, ...options.settings },
    port: 8443 as number | undefined,
  };
  const calls: string[] = [];
  const reach = new ReachWatch({
    ...{ clock, logger: silentLogger, hostName: 'den' },
    interfaces: () => world.own,
    settings: () => world.settings,
    port: () => world.port,
    mapper: {
      open: (port) => {
        calls.push(`open ${port.toString()}`);
        return Promise.resolve(world.answer);
      },
      close: () => {
        calls.push('close');
        return Promise.resolve();
      },
    },
  });
  return { reach, clock, world, calls };
}

describe('the verdict', () => {
  test('is unknown before anybody looked', () => {
    expect(openReach({}).reach.verdict()).toBe('unknown');
  });

  test.each<[string, RouterAnswer, string]>([
    ['this network when no router answers', { kind: 'silent' }, 'network'],
    ['the internet when the router opened the port', opened, 'internet'],
    [
      'a carrier when the router itself has an address of 100.64/10',
      { kind: 'answered', externalAddress: '100.72.1.9' },
      'carrier-nat',
    ],
    [
      'a carrier when a mapping leads to a private address',
      { ...opened, externalAddress: '10.4.0.7', mapping: { host: '10.4.0.7', port: 8443 } },
      'carrier-nat',
    ],
    [
      'this network when the router refuses',
      { kind: 'answered', externalAddress: '81.2.69.142' },
      'network',
    ],
  ])('is %s', async (_name, answer, verdict) => {
    const { reach } = openReach({ answer });
    await reach.look();
    expect(reach.verdict()).toBe(verdict);
  });

  test('is a carrier without asking when a modem gives this machine such an address', () => {
    const modem = { card: 'wwan0', address: '100.90.0.3', mac: '02:00:00:00:00:02' };
    expect(openReach({ own: [modem] }).reach.verdict()).toBe('carrier-nat');
    const overlay = { ...modem, card: 'tailscale0' };
    expect(openReach({ own: [overlay] }).reach.verdict()).toBe('unknown');
  });

  test('says nothing about an address that the owner gave and nobody tried', async () => {
    const { reach } = openReach({ settings: { publicAddress: 'pool.example.org' } });
    await reach.look();
    expect(reach.verdict()).toBe('unknown');
  });

  test('believes a visitor from outside more than the router', async () => {
    const { reach } = openReach({ answer: { kind: 'answered', externalAddress: '100.72.1.9' } });
    await reach.look();
    reach.seen(fromOutside);
    expect(reach.verdict()).toBe('internet');
  });
});

describe('what has been seen', () => {
  test('is told of the mapping when somebody came through the router', async () => {
    const { reach, clock } = openReach({ answer: opened });
    await reach.look();
    reach.seen(fromOutside);
    expect(reach.candidates()).toContainEqual({
      address: '81.2.69.142:8443',
      kind: 'mapped',
      verdict: 'seen',
      seenFrom: 'internet',
      seenAt: clock.now(),
    });
    const lan = reach.candidates().find(({ kind }) => kind === 'lan');
    expect(lan).toMatchObject({ verdict: 'unknown' });
  });

  test('is told of the name that was dialled', () => {
    const { reach } = openReach({ settings: { publicAddress: 'pool.example.org' } });
    reach.seen({ ...fromOutside, serverName: 'Pool.example.org' });
    expect(reach.candidates()[0]).toMatchObject({
      address: 'pool.example.org:8443',
      verdict: 'seen',
      seenFrom: 'internet',
    });
  });

  test.each([
    ['a neighbour', '192.168.1.7', 'this-network'],
    ['this machine itself', '192.168.1.20', 'this-machine'],
    ['a neighbour whom the router sent back', '81.2.69.142', 'this-network'],
  ])('from %s proves nothing about the outside', async (_who, remoteAddress, seenFrom) => {
    const { reach } = openReach({ answer: { kind: 'silent' } });
    await reach.look();
    const { reach: mapped } = openReach({ answer: opened });
    await mapped.look();
    mapped.seen({ remoteAddress, localAddress: '192.168.1.20' });
    const lan = mapped.candidates().find(({ kind }) => kind === 'lan');
    expect(lan).toMatchObject({ verdict: 'seen', seenFrom });
    expect(mapped.candidates().find(({ kind }) => kind === 'mapped')?.verdict).toBe('open');
  });

  test('is forgotten on another network and after a week', async () => {
    const { reach, clock, world } = openReach({});
    reach.start();
    await reach.look();
    reach.seen(fromOutside);
    expect(reach.verdict()).toBe('internet');
    world.own = [{ ...home, address: '10.0.0.5' }];
    await clock.advance(15_000);
    expect(reach.verdict()).toBe('network');
    reach.seen({ ...fromOutside, localAddress: '10.0.0.5' });
    await clock.advance(8 * 24 * 3600_000);
    expect(reach.verdict()).toBe('network');
    await reach.stop();
  });
});

describe('the router', () => {
  test('is asked again every half hour, which keeps the mapping, and told at the end', async () => {
    const { reach, clock, calls } = openReach({ answer: opened });
    reach.start();
    await reach.look();
    await clock.advance(60 * 60_000);
    await reach.stop();
    expect(calls).toEqual(['open 8443', 'open 8443', 'open 8443', 'close']);
  });

  test.each<[string, Partial<ReachSettings>]>([
    ['Local only is on', { localOnly: true }],
    ['its owner does not want it', { mapPort: false }],
  ])('is not asked while %s', async (_why, settings) => {
    const { reach, clock, calls } = openReach({ answer: opened, settings });
    reach.start();
    await reach.look();
    await clock.advance(60 * 60_000);
    await reach.stop();
    expect(calls).toEqual([]);
    expect(reach.verdict()).toBe('unknown');
  });

  test('is not asked while no pool is open, and closes the port after the last one', async () => {
    const { reach, world, calls } = openReach({ answer: opened });
    world.port = undefined;
    await reach.look();
    expect(calls).toEqual([]);
    expect(reach.candidates()).toEqual([]);
    world.port = 8443;
    await reach.look();
    world.port = undefined;
    await reach.look();
    expect(calls).toEqual(['open 8443', 'close']);
  });

  test('is told as soon as its owner does not want it any more, even in the middle', async () => {
    const { reach, world, calls } = openReach({ answer: opened });
    const looking = reach.look();
    world.settings = { ...everybody, mapPort: false };
    const again = reach.look();
    await Promise.all([looking, again]);
    expect(calls).toEqual(['open 8443', 'close']);
    expect(reach.candidates().some(({ kind }) => kind === 'mapped')).toBe(false);
  });
});

test('tells when it begins and ends to look, and once a minute of who comes', async () => {
  const { reach, clock } = openReach({});
  const states: boolean[] = [];
  reach.onChanged(() => states.push(reach.isLooking));
  await reach.look();
  await settle();
  expect(states).toEqual([true, false]);
  const neighbour = { remoteAddress: '192.168.1.7', localAddress: '192.168.1.20' };
  for (let visit = 0; visit < 100; visit += 1) reach.seen(neighbour);
  expect(states).toHaveLength(3);
  await clock.advance(60_000);
  reach.seen(neighbour);
  expect(states).toHaveLength(4);
});

test('names everything that its certificate must be good for', async () => {
  const { reach } = openReach({
    answer: opened,
    settings: { publicAddress: 'pool.example.org:443' },
  });
  await reach.look();
  expect(reach.names()).toEqual([
    ...['localhost', '127.0.0.1', '::1', 'den', '192.168.1.20'],
    ...['pool.example.org', '81.2.69.142'],
  ]);
});
