import { expect, test } from 'vitest';
import { proxiesOf } from './proxies.ts';

test('finds no proxy where none is named', () => {
  expect(proxiesOf({ NO_PROXY: '*', HTTP_PROXY: ' ' })).toBeUndefined();
});

test('reads both spellings, lower case first, and an address without a scheme', () => {
  expect(
    proxiesOf({
      HTTPS_PROXY: 'http://upper.example:1',
      https_proxy: 'lower.example:2',
      HTTP_PROXY: 'socks5://other.example:3',
      no_proxy: 'a.example,.b.example',
    }),
  ).toEqual({
    httpsProxy: 'http://lower.example:2',
    httpProxy: 'socks5://other.example:3',
    noProxy: 'a.example,.b.example',
  });
});

test('names the variable whose value is no proxy address', () => {
  expect(() => proxiesOf({ HTTPS_PROXY: 'http://' })).toThrow(/HTTPS_PROXY is not the address/);
});
