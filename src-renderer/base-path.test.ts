import { expect, test } from 'vitest';
import { belowBase, gatewayUrl } from './base-path.ts';

test.each([
  ['/millpond', ''],
  ['/millpond/', '/'],
  ['/millpond/server/keys', '/server/keys'],
  ['/millpondish', '/millpondish'],
  ['/server', '/server'],
])('behind a proxy %s is the place %s', (pathname, place) => {
  expect(belowBase(pathname, '/millpond')).toBe(place);
});

test('without a proxy nothing is taken away', () => {
  expect(belowBase('/chat/1', '')).toBe('/chat/1');
  expect(gatewayUrl({ origin: 'http://127.0.0.1:8484' })).toBe('http://127.0.0.1:8484');
});
