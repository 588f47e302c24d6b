import { expect, test } from 'vitest';
import { createFakeClock } from '../../testing/fake-clock.ts';
import { LoginLimit } from './login-limit.ts';

test('a clock that is put back makes nobody wait longer', async () => {
  const steady = createFakeClock();
  let offMs = 0;
  const limit = new LoginLimit({ ...steady, now: () => steady.now() + offMs });
  const guess = () => limit.begin({ address: '203.0.113.7', isThisMachine: false }, 'olga');
  for (let turn = 0; turn < 5; turn += 1) guess();
  expect(guess).toThrow(expect.objectContaining({ code: 'rate-limited' }) as Error);
  offMs = -24 * 60 * 60_000;
  await steady.advance(1000);
  expect(guess).not.toThrow();
});
