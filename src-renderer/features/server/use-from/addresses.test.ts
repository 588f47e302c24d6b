import { expect, test } from 'vitest';
import { addressForPeople, isLoopback, waysTo } from './addresses.ts';

const server = { openaiUrl: 'http://127.0.0.1:8484/v1', keyless: true };
const here = { hostname: '127.0.0.1', url: 'http://127.0.0.1:8484' };
const there = { hostname: 'pond.test', url: 'https://pond.test:8443' };
const publicUrl = 'https://pond.test:8443/v1';

test('at the machine itself its loopback comes first, and the public address only with TLS', () => {
  expect(waysTo(server, here).map(({ kind }) => kind)).toEqual(['local']);
  const ways = waysTo({ ...server, publicUrl }, here);
  expect(ways.map(({ kind, url }) => [kind, url])).toEqual([
    ['local', 'http://127.0.0.1:8484'],
    ['public', 'https://pond.test:8443'],
  ]);
});

test('from elsewhere the gateway’s loopback is of no use, and a joined app’s own comes first', () => {
  const ways = waysTo({ ...server, publicUrl }, there);
  expect(ways.map(({ kind }) => kind)).toEqual(['joined', 'public']);
  expect(ways.some(({ url }) => url === 'http://127.0.0.1:8484')).toBe(true);
});

test('a public certificate is claimed only where the gateway says so', () => {
  const certificateOf = (more: object) => waysTo({ ...server, publicUrl, ...more }, here)[1];
  expect(certificateOf({})?.certificate).toBe('unknown');
  expect(certificateOf({ publicCertificate: { kind: 'public' } })?.certificate).toBe('public');
  expect(certificateOf({})?.keyless).toBe(false);
});

test('other people are sent to an address that they can open', () => {
  expect(addressForPeople({ publicUrl }, here)).toBe('https://pond.test:8443');
  expect(addressForPeople({}, there)).toBe('https://pond.test:8443');
  expect(isLoopback('127.0.0.53')).toBe(true);
  expect(isLoopback('127.example.org')).toBe(false);
});

test('behind a proxy with a path of its own every address has it', () => {
  const below = 'https://example.org/millpond';
  expect(waysTo({ ...server, publicUrl: `${below}/v1` }, here)[1]?.url).toBe(below);
  expect(addressForPeople({ publicUrl: `${below}/v1` }, here)).toBe(below);
  expect(addressForPeople({}, { hostname: 'example.org', url: below })).toBe(below);
});
