import { expect, test } from 'vitest';
import { problem } from './finding.ts';
import { createRedactor, secretsIn } from './redact.ts';
import { writeReport } from './report.ts';

const home = String.raw`C:\Users\bob.smith`;
const redact = createRedactor({
  homeFolder: home,
  userName: 'bobs',
  hostName: 'pond-7',
  secrets: [],
});

test('DOCTOR: passwords of proxies are secret as they stand and as they are meant', () => {
  expect(secretsIn({ HTTPS_PROXY: 'http://u:50%off1@proxy:3128' })).toContain('50%off1');
  expect(secretsIn({ HTTPS_PROXY: 'http://u:pa%40ss@proxy:3128' })).toEqual(['pa%40ss', 'pa@ss']);
});

test.each([
  ['redis://:hunter22@h', 'hunter22'],
  ['{"tokens": ["abcdefg1", "abcdefg2"]}', 'abcdefg'],
  ['api_key: [abcdefg1]', 'abcdefg1'],
  [JSON.stringify({ downloadFolder: String.raw`${home}\Models` }), 'bob.smith'],
  ['The proxy proxy.bigcorp.com:3128 does not answer', 'bigcorp'],
])('DOCTOR: nothing of a secret is left in %s', (text, secret) => {
  expect(text).toContain(secret);
  expect(redact(text)).not.toContain(secret);
});

test('DOCTOR: findings name no host, pool or provider of somebody', () => {
  const values = { file: '/etc/site.pem', name: 'millpond.smith-family.org' };
  const facts = {
    ...{ program: {}, hardware: undefined, models: [], settings: {}, errors: [], log: [] },
    findings: [
      problem('certificate-other-name', { values }),
      problem('hub-token-refused', { values: { host: 'huggingface.co' } }),
      problem('pool-revoked', { values: { pool: 'Smith family' } }),
    ],
  };
  const report = writeReport(facts, redact).map(({ text }) => text);
  expect(facts.findings[0]?.sentence).toContain('smith-family');
  expect(report.join('\n')).not.toMatch(/smith/i);
  expect(report.join('\n')).toContain('[name]');
  expect(report.join('\n')).toContain('huggingface.co');
});
