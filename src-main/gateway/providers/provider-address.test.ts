import { expect, test } from 'vitest';
import { providerAddressOf } from './provider-address.ts';
import { presetOf, presets } from './presets.ts';

const custom = presetOf('custom');

test.each([
  ['https://api.example.com/v1/', 'https://api.example.com/v1'],
  ['api.example.com/v1', 'https://api.example.com/v1'],
  ['https://api.example.com/v1/chat/completions', 'https://api.example.com/v1'],
  ['https://api.example.com/v1/models', 'https://api.example.com/v1'],
  ['https://10.1.2.3:8000/v1', 'https://10.1.2.3:8000/v1'],
  ['http://127.0.0.1:11434/v1', 'http://127.0.0.1:11434/v1'],
  ['http://localhost:1234', 'http://localhost:1234'],
  ['http://192.168.1.9:8000/v1', 'http://192.168.1.9:8000/v1'],
  ['http://ollama:11434/v1', 'http://ollama:11434/v1'],
  ['http://box.local/v1', 'http://box.local/v1'],
])('%s is asked at %s', (typed, address) => {
  expect(providerAddressOf(typed, custom)).toBe(address);
});

test.each([
  'http://api.example.com/v1',
  'http://8.8.8.8/v1',
  'ftp://api.example.com',
  'file:///etc/passwd',
  'https://user:word@api.example.com/v1',
  'https://api.example.com/v1?key=x',
  'https://api.example.com/v1#x',
  'http://169.254.169.254/latest',
  'https://169.254.169.254/latest',
  'http://[fe80::1]/v1',
  'http://[::ffff:169.254.169.254]/v1',
  'http://2852039166/latest',
  'http://0.0.0.0:80/v1',
  'http://metadata.google.internal/v1',
  'https://metadata.google.internal./v1',
  'http://[fd00:ec2::254]/v1',
  'http://100.100.100.200/v1',
  'http://224.0.0.1/v1',
  'http://169.254.169.254\\@api.example.com/v1',
  '',
  'not an address',
])('%s is refused', (typed) => {
  expect(() => providerAddressOf(typed, custom)).toThrow(
    expect.objectContaining({ code: 'invalid-request', param: 'baseUrl' }),
  );
});

test.each([
  'https://me.openai.azure.com',
  'https://me.openai.azure.com/openai/v1/',
  'https://me.openai.azure.com/openai/deployments/gpt/chat/completions?api-version=2024-10-21',
])('an address of Azure leads to its v1 API: %s', (typed) => {
  const address = providerAddressOf(typed, presetOf('azure'));
  expect(address).toBe('https://me.openai.azure.com/openai/v1');
});

test('every preset has its own id, and an address that passes its own check', () => {
  expect(new Set(presets.map(({ id }) => id)).size).toBe(presets.length);
  for (const preset of presets) {
    if (preset.baseUrl === undefined) continue;
    expect(providerAddressOf(preset.baseUrl, preset)).toBe(preset.baseUrl);
  }
  expect(presets.filter(({ baseUrl }) => baseUrl === undefined).map(({ id }) => id)).toEqual([
    'azure',
    'custom',
  ]);
});
