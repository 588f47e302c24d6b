import { describe, expect, test } from 'vitest';
import { openTestPeople, testOwnerId, testPassword } from '../../testing/open-test-people.ts';
import { silentLogger } from '../../testing/gateway-fixture.ts';
import type { Peer } from './login-limit.ts';
import { createSignIn } from './sign-in.ts';

const here: Peer = { address: '127.0.0.1', isThisMachine: true };
const away = (address = '203.0.113.7'): Peer => ({ address, isThisMachine: false });

async function open(isHeadless = false) {
  const opened = await openTestPeople();
  const { people, sessions, clock } = opened;
  const signIn = createSignIn({
    ...{ people, sessions, clock, isHeadless },
    logger: silentLogger,
    gatewayName: () => 'Mill',
  });
  const attempt = (password: string, peer: Peer, name = '') =>
    signIn.signIn({ name, password }, peer).then(
      () => 'in',
      (error: unknown) => (error as { readonly code: string }).code,
    );
  return { ...opened, signIn, attempt };
}

async function openWithPassword() {
  const opened = await open();
  await opened.people.passwords.set(testOwnerId, { password: testPassword });
  return opened;
}

describe('signing in', () => {
  test('needs name and password; an empty name is the owner', async () => {
    const { signIn, sessions, attempt } = await openWithPassword();
    const { token } = await signIn.signIn({ name: '', password: testPassword }, away());
    expect(sessions.find(token)).toMatchObject({ personId: testOwnerId });
    expect(await attempt(testPassword, away(), 'olga')).toBe('in');
    expect(await attempt('wrong password', away(), 'Olga')).toBe('unauthenticated');
    expect(await attempt(testPassword, away(), 'nobody')).toBe('unauthenticated');
    expect(signIn.welcome()).toEqual({ gatewayName: 'Mill', needsSetup: false, hasPassword: true });
  });

  test('a changed password ends every other session, and needs the old one', async () => {
    const { people, sessions } = await openWithPassword();
    const kept = await sessions.openFor(testOwnerId);
    const other = await sessions.openFor(testOwnerId);
    const wish = { password: 'another long one' };
    await expect(people.passwords.set(testOwnerId, wish)).rejects.toMatchObject({
      ...{ code: 'forbidden', param: 'old' },
    });
    const keptSessionId = sessions.find(kept.token)?.sessionId;
    await people.passwords.set(testOwnerId, { ...wish, old: testPassword, keptSessionId });
    expect(sessions.find(kept.token)).toBeDefined();
    expect(sessions.find(other.token)).toBeUndefined();
  });
});

describe('guessing', () => {
  test('five wrong in a row wait 1, 2, 4 … seconds, up to five minutes', async () => {
    const { signIn, attempt, clock } = await openWithPassword();
    for (let guess = 0; guess < 5; guess += 1) {
      expect(await attempt('wrong password', away())).toBe('unauthenticated');
    }
    const waits: number[] = [];
    for (let guess = 0; guess < 11; guess += 1) {
      const refused: unknown = await signIn
        .signIn({ name: '', password: testPassword }, away())
        .catch((error: unknown) => error);
      const { retryAfterMs } = refused as { readonly retryAfterMs: number };
      waits.push(retryAfterMs / 1000);
      await clock.advance(retryAfterMs - 1);
      expect(await attempt('wrong password', away())).toBe('rate-limited');
      await clock.advance(1);
      expect(await attempt('wrong password', away())).toBe('unauthenticated');
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
  });

  test('a right one in time forgives what was wrong', async () => {
    const { attempt } = await openWithPassword();
    for (let round = 0; round < 3; round += 1) {
      for (let guess = 0; guess < 4; guess += 1) await attempt('wrong password', away());
      expect(await attempt(testPassword, away())).toBe('in');
    }
  });

  test('many at once are not one', async () => {
    const { attempt } = await openWithPassword();
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, () => attempt('wrong password', away())),
    );
    expect(outcomes.filter((each) => each === 'unauthenticated')).toHaveLength(5);
    expect(outcomes.filter((each) => each === 'rate-limited')).toHaveLength(15);
  });

  test('from many addresses waits for the account, and at many names for the address', async () => {
    const { attempt } = await openWithPassword();
    for (let guess = 0; guess < 5; guess += 1) {
      await attempt('wrong password', away(`203.0.113.${guess.toString()}`));
    }
    expect(await attempt(testPassword, away('198.51.100.1'))).toBe('rate-limited');

    const other = await openWithPassword();
    const sameNetwork = (host: number) => away(`2001:db8:1:2::${host.toString()}`);
    for (let guess = 0; guess < 5; guess += 1) {
      await other.attempt('wrong password', sameNetwork(guess), `name ${guess.toString()}`);
    }
    expect(await other.attempt(testPassword, sameNetwork(99))).toBe('rate-limited');
    expect(await other.attempt(testPassword, away('2001:db8:1:3::1'))).toBe('in');
  });

  test('by strangers never makes the owner wait at this machine', async () => {
    const { attempt } = await openWithPassword();
    for (let guess = 0; guess < 8; guess += 1) await attempt('wrong password', away());
    expect(await attempt(testPassword, away())).toBe('rate-limited');
    expect(await attempt(testPassword, here)).toBe('in');
  });

  test('is forgotten after a quiet hour', async () => {
    const { attempt, clock } = await openWithPassword();
    for (let guess = 0; guess < 4; guess += 1) await attempt('wrong password', away());
    await clock.advance(60 * 60_000);
    for (let guess = 0; guess < 5; guess += 1) {
      expect(await attempt('wrong password', away())).toBe('unauthenticated');
    }
    expect(await attempt('wrong password', away())).toBe('rate-limited');
  });
});

describe('setting up a gateway without a window', () => {
  const input = { name: 'Grace', password: testPassword };

  test('takes the code of its log, once, and signs the owner in', async () => {
    const { signIn, sessions, people, attempt } = await open(true);
    expect(signIn.welcome()).toMatchObject({ needsSetup: true, hasPassword: false });
    const code = signIn.setUpCode() ?? '';
    expect(Buffer.from(code, 'base64url')).toHaveLength(16);
    expect(signIn.setUpCode()).toBe(code);
    await expect(signIn.setUp({ ...input, code: 'wrong' }, away())).rejects.toMatchObject({
      code: 'unauthenticated',
      message: "The code is not right; it stands in the gateway's log",
    });
    const { token } = await signIn.setUp({ ...input, code: ` ${code} ` }, away());
    expect(sessions.find(token)).toMatchObject({ personId: testOwnerId });
    expect(people.person(testOwnerId)?.name).toBe('Grace');
    expect(signIn.welcome()).toMatchObject({ needsSetup: false, hasPassword: true });
    expect(signIn.setUpCode()).toBeUndefined();
    await expect(signIn.setUp({ ...input, code }, away())).rejects.toMatchObject({
      ...{ code: 'conflict', reason: 'already-set-up' },
    });
    expect(await attempt(testPassword, away(), 'grace')).toBe('in');
  });

  test('is slowed down by address, so that strangers cannot keep the owner from it', async () => {
    const { signIn } = await open(true);
    const code = signIn.setUpCode() ?? '';
    for (let guess = 0; guess < 5; guess += 1) {
      await expect(signIn.setUp({ ...input, code: 'wrong' }, away())).rejects.toBeDefined();
    }
    await expect(signIn.setUp({ ...input, code }, away())).rejects.toMatchObject({
      code: 'rate-limited',
    });
    await expect(signIn.setUp({ ...input, code }, away('198.51.100.1'))).resolves.toBeDefined();
  });

  test('two at once set it up once', async () => {
    const { signIn } = await open(true);
    const code = signIn.setUpCode() ?? '';
    const outcomes = await Promise.allSettled([
      signIn.setUp({ ...input, code }, away()),
      signIn.setUp({ ...input, name: 'Eve', code }, away('198.51.100.1')),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  });

  test('a code that was never asked for lets nobody in; a desktop has no set-up', async () => {
    const { signIn } = await open(true);
    await expect(signIn.setUp({ ...input, code: 'undefined' }, away())).rejects.toMatchObject({
      code: 'unauthenticated',
    });
    const desktop = await open();
    expect(desktop.signIn.setUpCode()).toBeUndefined();
    await expect(desktop.signIn.setUp({ ...input, code: 'x' }, away())).rejects.toMatchObject({
      code: 'conflict',
    });
  });
});
