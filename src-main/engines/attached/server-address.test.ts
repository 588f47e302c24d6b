import { expect, test } from 'vitest';
import { isOnThisMachine, serverAddressOf } from './server-address.ts';

test.each([
  ['http://127.0.0.1:11434', 'http://127.0.0.1:11434'],
  ['http://127.0.0.1:11434/', 'http://127.0.0.1:11434'],
  ['http://127.0.0.1:11434/v1', 'http://127.0.0.1:11434'],
  [' http://127.0.0.1:1234/v1/ ', 'http://127.0.0.1:1234'],
  ['http://nas:8000/v1/chat/completions', 'http://nas:8000'],
  ['http://127.0.0.1:11434/api', 'http://127.0.0.1:11434'],
  ['http://127.0.0.1:11434/api/tags', 'http://127.0.0.1:11434'],
  ['http://127.0.0.1:1234/api/v0/models', 'http://127.0.0.1:1234'],
  ['https://api.example.com/openai/v1', 'https://api.example.com/openai'],
  ['https://Example.com/apiary', 'https://example.com/apiary'],
  ['localhost:8080', 'http://localhost:8080'],
  ['192.168.1.5', 'http://192.168.1.5'],
  ['http://0.0.0.0:11434', 'http://127.0.0.1:11434'],
  ['http://[::]:11434', 'http://[::1]:11434'],
])('%s is asked at %s', (typed, address) => {
  expect(serverAddressOf(typed)).toBe(address);
});

test.each([
  ['', /is no address/],
  ['http://', /is no address/],
  ['ftp://nas/models', /not 'ftp'/],
  ['file:///etc/passwd', /not 'file'/],
  ['http://me:secret@nas:8000', /user name and password/],
  ['http://nas:8000/v1?key=1', /from \? or #/],
])("'%s' is refused in one sentence", (typed, sentence) => {
  expect(() => serverAddressOf(typed)).toThrow(sentence);
  expect(() => serverAddressOf(typed)).not.toThrow(/secret/);
});

test('knows which addresses are this machine', () => {
  const here = ['http://127.0.0.1:1', 'http://localhost:1', 'http://[::1]:1', 'http://a.localhost'];
  expect(here.filter((url) => !isOnThisMachine(url))).toEqual([]);
  const far = ['http://192.168.1.5:1', 'http://localhost.example.org', 'http://127.example.org'];
  expect(far.filter(isOnThisMachine)).toEqual([]);
});
