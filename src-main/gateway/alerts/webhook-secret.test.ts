import { describe, expect, test } from 'vitest';
import { MillpondError } from '../../core/error.ts';
import { createFakeClock } from '../../testing/fake-clock.ts';
import { secretsIn } from '../../testing/memory-secrets.ts';
import { createWebhookSecret } from './webhook-secret.ts';
import type { SignedHeaders } from './webhook-secret.ts';

const hourMs = 3600_000;
const message = { id: 'msg_1', body: '{"alert":"Müll ▸ 满"}' };

function setUp(kept = new Map<string, string>()) {
  const clock = createFakeClock();
  return { clock, kept, webhook: createWebhookSecret({ secrets: secretsIn(kept), clock }) };
}

/** As a server of somebody else checks it, by the words of the specification alone. */
async function isOurs(headers: SignedHeaders, body: string, secret: string): Promise<boolean> {
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  const raw = Uint8Array.from(atob(secret.slice('whsec_'.length)), (c) => c.charCodeAt(0));
  const hmac = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', raw, hmac, false, ['verify']);
  const signed = new TextEncoder().encode(
    `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`,
  );
  const checks = headers['webhook-signature'].split(' ').map(async (each) => {
    const [version, signature = ''] = each.split(',');
    const bytes = Uint8Array.from(atob(signature), (c) => c.charCodeAt(0));
    return version === 'v1' && crypto.subtle.verify('HMAC', key, bytes, signed);
  });
  return (await Promise.all(checks)).includes(true);
}

describe('a signed message', () => {
  test('is recognised by who has the secret, and by nobody else', async () => {
    const { webhook, clock } = setUp();
    const headers = await webhook.sign(message);
    const { secret } = await webhook.show();
    const other = await setUp().webhook.show();
    expect(headers['webhook-id']).toBe('msg_1');
    expect(headers['webhook-timestamp']).toBe(Math.floor(clock.now() / 1000).toString());
    expect(await isOurs(headers, message.body, secret)).toBe(true);
    expect(await isOurs(headers, message.body, other.secret)).toBe(false);
  });

  test('is refused when its body, id or time is another', async () => {
    const { webhook } = setUp();
    const headers = await webhook.sign(message);
    const { secret } = await webhook.show();
    expect(await isOurs(headers, `${message.body} `, secret)).toBe(false);
    expect(await isOurs({ ...headers, 'webhook-id': 'msg_2' }, message.body, secret)).toBe(false);
    const later = { ...headers, 'webhook-timestamp': `${headers['webhook-timestamp']}0` };
    expect(await isOurs(later, message.body, secret)).toBe(false);
  });

  test('agrees with the example that the specification gives', async () => {
    const given = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    const { webhook, clock } = setUp(
      new Map([['alerts/webhook', JSON.stringify({ secret: given })]]),
    );
    await clock.advance(1_614_265_330_000 - clock.now());
    expect(
      await webhook.sign({ id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', body: '{"test": 2432232314}' }),
    ).toEqual({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });
});

describe('the secret', () => {
  test('is made once, however many ask at once, and is the same after a restart', async () => {
    const { webhook, kept } = setUp();
    const shown = await Promise.all([webhook.show(), webhook.sign(message), webhook.show()]);
    expect(shown[2]).toEqual(shown[0]);
    expect([...kept.keys()]).toEqual(['alerts/webhook']);
    expect(await setUp(kept).webhook.show()).toEqual(shown[0]);
  });

  test('is exchanged without a gap: the former one signs too for a day', async () => {
    const { webhook, clock } = setUp();
    const former = (await webhook.show()).secret;
    const renewed = await webhook.renew();
    expect(renewed.formerUntil).toBe(clock.now() + 24 * hourMs);
    expect(renewed.secret).not.toBe(former);
    const both = await webhook.sign(message);
    expect(await isOurs(both, message.body, former)).toBe(true);
    expect(await isOurs(both, message.body, renewed.secret)).toBe(true);
    await clock.advance(24 * hourMs);
    const one = await webhook.sign(message);
    expect(await isOurs(one, message.body, former)).toBe(false);
    expect(await isOurs(one, message.body, renewed.secret)).toBe(true);
    expect(await webhook.show()).toEqual({ secret: renewed.secret });
  });

  test('that cannot be read signs nothing, and works again when it can', async () => {
    const kept = new Map<string, string>();
    const { secret } = await setUp(kept).webhook.show();
    let isLocked = true;
    const { read, write } = secretsIn(kept);
    const locked = () => Promise.reject(new MillpondError('unavailable', 'The key is missing'));
    const webhook = createWebhookSecret({
      secrets: { write, read: (name) => (isLocked ? locked() : read(name)) },
      clock: createFakeClock(),
    });
    await expect(webhook.sign(message)).rejects.toMatchObject({ code: 'unavailable' });
    isLocked = false;
    expect(await webhook.show()).toEqual({ secret });
  });

  test('that is damaged is repaired by a new one', async () => {
    const { webhook } = setUp(new Map([['alerts/webhook', 'not json']]));
    await expect(webhook.show()).rejects.toMatchObject({
      code: 'unavailable',
      message: 'The secret that alerts are signed with is damaged; make a new one',
    });
    const renewed = await webhook.renew();
    expect(renewed.formerUntil).toBeUndefined();
    expect(await webhook.show()).toEqual(renewed);
  });
});
