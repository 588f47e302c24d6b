import { expect, test } from 'vitest';
import { withoutSecrets } from './without-secrets.ts';

test('UPDATE: what a failed trial wrote holds no key, code or password, and stays readable', () => {
  const lines = {
    'url: http://127.0.0.1:40113/#code=3B6WgOxsKy_aQ_e02DNzOQhhhhhh':
      'url: http://127.0.0.1:40113/#code=…',
    'authorization: Bearer abc.def': 'authorization: Bearer …',
    'authorization: Basic dXNlcjpwYXNz': 'authorization: Basic …',
    'key sk-mp-1234567890 and hf_abcdefgh': 'key … and …',
    'proxy http://olga:geheim@proxy:3128 failed': 'proxy http://…@proxy:3128 failed',
    'The database is damaged (schema 14); restart Millpond 0.2.0.':
      'The database is damaged (schema 14); restart Millpond 0.2.0.',
  };
  for (const [line, expected] of Object.entries(lines)) expect(withoutSecrets(line)).toBe(expected);
});
