import { expect, test } from 'vitest';
import { checkIpList, isInList } from './ip-list.ts';

test.each([
  [['192.0.2.7'], '192.0.2.7', true],
  [['192.0.2.7'], '192.0.2.8', false],
  [['192.0.2.0/24'], '192.0.2.255', true],
  [['192.0.2.0/24'], '192.0.3.0', false],
  [['192.0.2.0/24'], '::ffff:192.0.2.9', true],
  [['192.0.2.0/24'], '::ffff:192.0.3.9', false],
  [['::ffff:192.0.2.0/120'], '192.0.2.9', true],
  [['::ffff:192.0.2.0/120'], '192.0.3.9', false],
  [['0.0.0.0/0'], '203.0.113.4', true],
  [['0.0.0.0/0'], '2001:db8::1', false],
  [['2001:db8::/32'], '2001:db8:1::7', true],
  [['2001:db8::/32'], '2001:db9::7', false],
  [['fe80::/10'], 'fe80::1%eth0', true],
  [['::1', '127.0.0.0/8'], '127.0.0.1', true],
  [['10.0.0.0/8', '192.168.0.0/16'], '192.168.4.4', true],
  [['10.0.0.0/8'], '', false],
  [['10.0.0.0/8'], 'localhost', false],
])('of %j, %s is one: %s', (list, address, isOne) => {
  expect(isInList(list, address)).toBe(isOne);
});

test.each([
  'example.com',
  '10.0.0.0/33',
  '10.0.0.0/-1',
  '10.0.0.0/8/8',
  '10.0.0.0/',
  '10.0.0',
  '2001:db8::/129',
  '*',
  '',
])('%j is refused by name', (entry) => {
  expect(() => {
    checkIpList(['192.0.2.7', entry], 'allowedIps');
  }).toThrow(expect.objectContaining({ code: 'invalid-request', param: 'allowedIps' }));
});
