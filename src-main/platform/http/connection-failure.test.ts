import { expect, test } from 'vitest';
import { brokenOff, neverConnected, unreachable } from './connection-failure.ts';

const failing = (code: string, text = ''): Error => Object.assign(new Error(text), { code });

test.each([
  ['ECONNREFUSED', 'refused', /nothing answers at that address/],
  ['ENOTFOUND', 'name-unknown', /its name is not known/],
  ['UND_ERR_CONNECT_TIMEOUT', 'timeout', /did not answer in time/],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'certificate', /certificate is not trusted/],
  ['CERT_HAS_EXPIRED', 'certificate', /the date of this computer/],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'not-tls', /try http:\/\//],
  ['ECONNRESET', 'broken-off', /broke off/],
])('%s is explained as %s', (code, reason, sentence) => {
  const error = unreachable('nas:8000', failing(code));
  expect(error).toMatchObject({ code: 'unavailable', reason });
  expect(error.message).toMatch(/^nas:8000 cannot be reached: /);
  expect(error.message).toMatch(sentence);
});

test('finds the reason behind a wrapper and behind several addresses', () => {
  const wrapped = new Error('fetch failed', { cause: failing('ECONNREFUSED') });
  const several = new AggregateError([failing('ECONNREFUSED'), failing('ENETUNREACH')]);
  expect(unreachable('a', wrapped).reason).toBe('refused');
  expect(unreachable('a', several).reason).toBe('refused');
});

test("tells a proxy's refusal from an abort", () => {
  const refusal = failing('UND_ERR_ABORTED', 'Proxy response (403) !== 200 when HTTP Tunneling');
  expect(unreachable('a', refusal).reason).toBe('proxy');
  expect(unreachable('a', failing('UND_ERR_ABORTED')).reason).toBeUndefined();
});

test('says no more than it knows', () => {
  expect(unreachable('a.example', 'odd').message).toBe('a.example cannot be reached');
});

test('only a connection that was never there has sent nothing', () => {
  expect(['ECONNREFUSED', 'ENOTFOUND'].every((code) => neverConnected(failing(code)))).toBe(true);
  expect(neverConnected(failing('ECONNRESET'))).toBe(false);
  expect(neverConnected(new Error('unknown'))).toBe(false);
});

test('an answer that ended too early names its host', () => {
  expect(brokenOff('a.example', failing('ECONNRESET'))).toMatchObject({
    code: 'unavailable',
    reason: 'broken-off',
    message: 'a.example broke off in the middle of its answer',
  });
});
