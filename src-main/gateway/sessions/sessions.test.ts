import { describe, expect, test } from 'vitest';
import { createFakeClock } from '../../testing/fake-clock.ts';
import { silentLogger } from '../../testing/gateway-fixture.ts';
import { createMemoryStores } from '../../testing/memory-stores.ts';
import { createSessions, ownerSessionId } from './sessions.ts';

function setUp() {
  const clock = createFakeClock();
  const { sessions: store } = createMemoryStores();
  const owner = { personId: 'ada', token: 'the-owner-bearer' };
  const open = () => createSessions({ store, clock, logger: silentLogger, owner });
  return { clock, store, open, sessions: open() };
}

describe('sessions', () => {
  test('a login code is good for 60 seconds and one use', async () => {
    const { sessions, clock } = setUp();
    const late = sessions.createCode('ada');
    await clock.advance(60_000);
    await expect(sessions.open(late)).rejects.toMatchObject({ code: 'unauthenticated' });
    const code = sessions.createCode('ada');
    await clock.advance(59_999);
    const { token } = await sessions.open(code);
    expect(sessions.find(token)).toMatchObject({ personId: 'ada' });
    await expect(sessions.open(code)).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  test('codes and bearers carry at least 128 random bits and never repeat', async () => {
    const { sessions } = setUp();
    const codes = new Set(Array.from({ length: 50 }, () => sessions.createCode('ada')));
    expect(codes.size).toBe(50);
    for (const code of codes) expect(Buffer.from(code, 'base64url')).toHaveLength(16);
    const { token } = await sessions.open(sessions.createCode('ada'));
    expect(Buffer.from(token.slice('ms_'.length), 'base64url')).toHaveLength(32);
  });

  test('the owner bearer of this start is always known and is not stored', async () => {
    const { sessions, store } = setUp();
    const session = sessions.find('the-owner-bearer');
    expect(session).toEqual({ personId: 'ada', sessionId: ownerSessionId });
    await sessions.close(ownerSessionId);
    expect(sessions.find('the-owner-bearer')).toBeDefined();
    expect(await store.list()).toEqual([]);
  });

  test('survive a restart, unless nobody used them for 30 days', async () => {
    const { sessions, open, clock, store } = setUp();
    const { token } = await sessions.open(sessions.createCode('ada'));
    await clock.advance(29 * 24 * 60 * 60_000);
    const second = open();
    await second.load();
    expect(second.find(token)).toBeDefined();
    await clock.advance(31 * 24 * 60 * 60_000);
    const third = open();
    await third.load();
    expect(third.find(token)).toBeUndefined();
    expect(await store.list()).toEqual([]);
  });

  test('end after 30 days without use, also where the program runs on', async () => {
    const { sessions, clock } = setUp();
    const { token } = await sessions.open(sessions.createCode('ada'));
    await clock.advance(29 * 24 * 60 * 60_000);
    expect(sessions.find(token)).toBeDefined();
    await clock.advance(29 * 24 * 60 * 60_000);
    expect(sessions.find(token)).toBeDefined();
    const closed: string[] = [];
    sessions.onClosed((id) => closed.push(id));
    await clock.advance(30 * 24 * 60 * 60_000);
    expect(sessions.find(token)).toBeUndefined();
    expect(closed).toHaveLength(1);
    expect(sessions.lastUsedAt('ada')).toBeUndefined();
  });

  test('wrong codes are slowed down for a minute, right ones then work again', async () => {
    const { sessions, clock } = setUp();
    for (let attempt = 0; attempt < 10; attempt += 1) {
      await expect(sessions.open('wrong')).rejects.toMatchObject({ code: 'unauthenticated' });
    }
    await expect(sessions.open('wrong')).rejects.toMatchObject({
      code: 'rate-limited',
      retryAfterMs: 60_000,
    });
    await clock.advance(60_000);
    expect(await sessions.open(sessions.createCode('ada'))).toHaveProperty('token');
  });
});
