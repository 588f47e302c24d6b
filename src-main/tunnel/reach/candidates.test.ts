import { expect, test } from 'vitest';
import { scopeOf } from './address-scope.ts';
import { hostOf, waysIn } from './candidates.ts';
import type { OwnAddress } from './ports.ts';

const on = (card: string, address: string, more = {}): OwnAddress => ({
  ...{ card, address, mac: '02:fc:00:00:00:01' },
  ...more,
});

test.each<[string, readonly OwnAddress[], readonly string[]]>([
  ['a computer at home', [on('eth0', '192.168.1.20')], ['lan 192.168.1.20:8443 unknown']],
  [
    'a laptop with Tailscale',
    [on('wlan0', '192.168.1.20'), on('tailscale0', '100.100.3.4')],
    ['overlay 100.100.3.4:8443 unknown', 'lan 192.168.1.20:8443 unknown'],
  ],
  [
    'a Mac, where tunnels have numbers for names',
    [on('en0', '192.168.1.20'), on('utun4', '100.100.3.4'), on('utun4', 'fd7a:115c:a1e0::4')],
    [
      'overlay 100.100.3.4:8443 unknown',
      'overlay [fd7a:115c:a1e0::4]:8443 unknown',
      'lan 192.168.1.20:8443 unknown',
    ],
  ],
  [
    'Windows with ZeroTier and WireGuard',
    [
      on('ZeroTier One [8056c2e21c000001]', '10.147.17.5'),
      on('WireGuard Tunnel', '10.8.0.2'),
      on('Ethernet', '192.168.1.20'),
    ],
    [
      'overlay 10.147.17.5:8443 unknown',
      'overlay 10.8.0.2:8443 unknown',
      'lan 192.168.1.20:8443 unknown',
    ],
  ],
  ['a rented server', [on('eth0', '81.2.69.142')], ['own 81.2.69.142:8443 open']],
  [
    'IPv6, the lasting address first and the temporary one not at all',
    [
      on('eth0', '2a02:908:1::77', { isTemporary: true }),
      on('eth0', '2a02:908:1::5'),
      on('eth0', '2a02:908:1:0:fc:ff:fe00:1'),
      on('eth0', 'fe80::fc:ff:fe00:1'),
    ],
    ['ipv6 [2a02:908:1:0:fc:ff:fe00:1]:8443 unknown', 'ipv6 [2a02:908:1::5]:8443 unknown'],
  ],
  [
    'networks of containers and virtual machines, where nobody else is',
    [on('docker0', '172.17.0.1'), on('br-2f1c', '172.18.0.1'), on('vboxnet0', '192.168.56.1')],
    [],
  ],
])('lists the ways into %s', (_name, own, expected) => {
  const ways = waysIn({ port: 8443, own, publicAddress: '', router: { kind: 'silent' } });
  expect(ways.map(({ kind, address, verdict }) => `${kind} ${address} ${verdict}`)).toEqual([
    ...expected,
    'loopback 127.0.0.1:8443 open',
  ]);
});

test.each([
  ['pool.example.org', 'pool.example.org:8443'],
  ['pool.example.org:443', 'pool.example.org:443'],
  ['2a02:908:1::5', '[2a02:908:1::5]:8443'],
  ['[2a02:908:1::5]', '[2a02:908:1::5]:8443'],
  ['[2a02:908:1::5]:443', '[2a02:908:1::5]:443'],
])("puts the owner's own address %s first", (publicAddress, address) => {
  const own = [on('eth0', '192.168.1.20')];
  const ways = waysIn({ port: 8443, own, publicAddress, router: { kind: 'silent' } });
  expect(ways[0]).toEqual({ address, kind: 'own', verdict: 'unknown' });
});

test.each([
  ['pool.example.org', 'pool.example.org'],
  ['pool.example.org:443', 'pool.example.org'],
  ['81.2.69.142:8443', '81.2.69.142'],
  ['2a02:908:1::5', '2a02:908:1::5'],
  ['[2a02:908:1::5]:443', '2a02:908:1::5'],
])('the host of %s is %s', (address, host) => {
  expect(hostOf(address)).toBe(host);
});

test('lists a mapping behind a second router as closed', () => {
  const mapping = { host: '192.168.0.3', port: 8443 };
  const router = { kind: 'answered', mapping } as const;
  const ways = waysIn({ port: 8443, own: [], publicAddress: '', router });
  expect(ways[0]).toEqual({ address: '192.168.0.3:8443', kind: 'mapped', verdict: 'closed' });
});

test.each([
  ['127.0.0.1', 'loopback'],
  ['::1', 'loopback'],
  ['169.254.1.1', 'link'],
  ['fe80::1%eth0', 'link'],
  ['10.0.0.1', 'private'],
  ['172.31.255.255', 'private'],
  ['fd00::2', 'private'],
  ['100.64.0.1', 'carrier'],
  ['100.128.0.1', 'global'],
  ['::ffff:8.8.8.8', 'global'],
  ['2a02:908:1::5', 'global'],
  ['224.0.0.251', 'private'],
  ['not an address', 'private'],
])('%s can be dialled by: %s', (address, scope) => {
  expect(scopeOf(address)).toBe(scope);
});
