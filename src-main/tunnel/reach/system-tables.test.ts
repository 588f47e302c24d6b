import { expect, test } from 'vitest';
import { digitsOf, routerInNetstat, routerInProc, temporaryInProc } from './system-tables.ts';
import { readLocation } from './ssdp.ts';
import { readDescription } from './upnp.ts';

test('finds the default router of the cheapest route in Linux’s table', () => {
  const table = [
    'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT',
    'wlan0\t00000000\t0101A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0',
    'eth0\t00000000\t010200C0\t0003\t0\t0\t100\t00000000\t0\t0\t0',
    'eth0\t000200C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0',
  ].join('\n');
  expect(routerInProc(table)).toBe('192.0.2.1');
  expect(routerInProc('')).toBeUndefined();
});

test.each([
  ['default            192.168.1.1        UGScg                 en0', '192.168.1.1'],
  ['          0.0.0.0          0.0.0.0      192.168.2.1    192.168.2.20     25', '192.168.2.1'],
  ['default            link#12            UCSIg               utun3', undefined],
])('finds the default router in the line "%s"', (line, router) => {
  expect(routerInNetstat(['Routing tables', line])).toBe(router);
});

test('tells temporary addresses of Linux by their flags', () => {
  const table = [
    '2a020908000100000000000000000077 02 40 00 01     eth0',
    '2a020908000100000000000000000078 02 40 00 20     eth0',
    '2a020908000100000000000000000005 02 40 00 80     eth0',
  ].join('\n');
  const temporary = temporaryInProc(table);
  expect(temporary.has(digitsOf('2a02:908:1::77'))).toBe(true);
  expect(temporary.has(digitsOf('2a02:908:1::78'))).toBe(true);
  expect(temporary.has(digitsOf('2a02:908:1::5'))).toBe(false);
});

test.each([
  ['http://192.168.1.1:5000/rootDesc.xml', 'http://192.168.1.1:5000/rootDesc.xml'],
  ['http://198.51.100.7/rootDesc.xml', undefined],
  ['https://192.168.1.1/rootDesc.xml', undefined],
  ['file:///etc/passwd', undefined],
  ['rootDesc.xml', undefined],
])('lets a device send us to %s only if it lies on itself', (location, taken) => {
  const answer = `HTTP/1.1 200 OK\r\nLocation: ${location}\r\n\r\n`;
  expect(readLocation(answer, '192.168.1.1')).toBe(taken);
});

test('takes no control address on another host', () => {
  const xml = (url: string): string =>
    `<service><serviceType>urn:schemas-upnp-org:service:WANIPConnection:2</serviceType><controlURL>${url}</controlURL></service>`;
  const at = 'http://192.168.1.1:5000/rootDesc.xml';
  expect(readDescription(xml('/ctl'), at)?.url).toBe('http://192.168.1.1:5000/ctl');
  expect(readDescription(xml('http://198.51.100.7/ctl'), at)).toBeUndefined();
  expect(readDescription('<service>'.repeat(1000), at)).toBeUndefined();
});
