import { expect, test } from 'vitest';
import { chooseEndpoint, isOfflineByEnvironment, parseEndpoint } from './hub-endpoint.ts';

test.each([
  ['', {}, 'https://huggingface.co', 'default'],
  ['', { HF_ENDPOINT: 'https://hf-mirror.com/' }, 'https://hf-mirror.com', 'environment'],
  ['https://a.example', { HF_ENDPOINT: 'https://b.example' }, 'https://a.example', 'settings'],
  ['hub.lan:8080/hf/', {}, 'https://hub.lan:8080/hf', 'settings'],
  ['http://127.0.0.1:9/', {}, 'http://127.0.0.1:9', 'settings'],
  ['', { HF_ENDPOINT: 'ftp://nowhere' }, 'https://huggingface.co', 'default'],
  ['::::', {}, 'https://huggingface.co', 'default'],
] as const)('chooses for %j and %j the hub %s', (setting, environment, url, from) => {
  expect(chooseEndpoint(setting, environment)).toEqual({ url, from });
});

test.each([
  ['', ''],
  [' hf-mirror.com ', 'https://hf-mirror.com'],
  ['HTTPS://HF-Mirror.com/', 'https://hf-mirror.com'],
])('takes %j for the address %j', (text, url) => {
  expect(parseEndpoint(text)).toBe(url);
});

test.each([
  'ftp://mirror.example',
  'https://',
  'https://name:password@mirror.example',
  'https://mirror.example/?a=b',
  'not a host',
])('refuses %s as the address of a hub', (text) => {
  expect(() => parseEndpoint(text)).toThrow(/is not the address of a model hub/);
});

test.each([
  ['1', true],
  ['ON', true],
  ['true', true],
  ['yes', true],
  ['0', false],
  ['', false],
])('reads HF_HUB_OFFLINE=%s', (value, isOffline) => {
  expect(isOfflineByEnvironment({ HF_HUB_OFFLINE: value })).toBe(isOffline);
});
