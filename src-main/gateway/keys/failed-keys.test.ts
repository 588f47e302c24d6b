import { expect, test } from 'vitest';
import { createFakeClock } from '../../testing/fake-clock.ts';
import { startGateway } from '../../testing/gateway-fixture.ts';
import { ownerPersonId } from '../../testing/memory-stores.ts';
import { createScriptedBackend, saying } from '../../testing/scripted-backend.ts';
import { FailedKeys } from './failed-keys.ts';

test('twenty wrong keys a minute are told so, and more have to wait', async () => {
  const clock = createFakeClock();
  const failed = new FailedKeys(clock);
  for (let n = 0; n < 20; n += 1) {
    expect(failed.note('192.0.2.7')).toBeUndefined();
    await clock.advance(1000);
  }
  expect(failed.note('192.0.2.7')).toMatchObject({ code: 'rate-limited', retryAfterMs: 40_000 });
  expect(failed.note('192.0.2.8')).toBeUndefined();
  await clock.advance(40_000);
  expect(failed.note('192.0.2.7')).toBeUndefined();
  expect(failed.note('192.0.2.7')).toMatchObject({ code: 'rate-limited' });
});

test('it remembers only so many networks', () => {
  const failed = new FailedKeys(createFakeClock());
  for (let n = 0; n < 20; n += 1) failed.note('first');
  for (let n = 0; n < 10_000; n += 1) failed.note(`network ${n.toString()}`);
  expect(failed.note('first')).toBeUndefined();
});

test('a known key works from where twenty wrong ones came', async () => {
  const { gateway, post } = await startGateway(createScriptedBackend(() => saying('Hi')));
  try {
    const { key } = await gateway.keys.create(ownerPersonId, 'laptop');
    const body = { model: 'guide', messages: [{ role: 'user', content: 'Hi' }] };
    const askWith = (secret: string) =>
      post('/v1/chat/completions', body, { authorization: `Bearer ${secret}` });
    for (let n = 0; n < 20; n += 1) expect((await askWith('mp_wrong')).status).toBe(401);
    const refused = await askWith('mp_wrong');
    expect(refused.status).toBe(429);
    expect(refused.text).toContain('too-many-wrong-keys');
    expect((await askWith(key)).status).toBe(200);
  } finally {
    await gateway.stop();
  }
});
