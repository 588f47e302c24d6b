import { describe, expect, test } from 'vitest';
import type { Caller } from './caller.ts';
import { callerLabel, callerPrivacy, callerQueue, callerScope, callerTenant } from './caller.ts';
import { wishesOf } from './wishes.ts';
import { chatRequest } from '../testing/inference-requests.ts';

const window: Caller = { kind: 'window', personId: 'me' };
const keyless: Caller = { kind: 'keyless', personId: 'me' };
const key: Caller = { kind: 'key', personId: 'me', keyId: 'k', name: 'tool' };
const member: Caller = {
  ...{ kind: 'member', personId: 'ann', membershipId: 'm', name: 'Ann' },
  ...{ poolId: 'lab', scope: { pools: ['lab'], isVisitor: true } },
};

describe('who may read a caller’s prompt', () => {
  test.each([
    ['trusted machines, if nobody says anything', window, undefined, 'trusted'],
    ['fewer, if the request wishes', window, 'this-machine', 'this-machine'],
    ['any, if the person says so', window, 'any', 'any'],
    ['this machine alone, for who proved nothing', keyless, undefined, 'this-machine'],
    ['and no wish changes that', keyless, 'any', 'this-machine'],
    ['as the key says', { ...key, privacy: 'any' }, undefined, 'any'],
    ['or stricter', { ...key, privacy: 'any' }, 'trusted', 'trusted'],
    ['but never more', { ...key, privacy: 'trusted' }, 'any', 'trusted'],
    ['not even a little', { ...key, privacy: 'this-machine' }, 'trusted', 'this-machine'],
  ] as const)('%s', (_name, caller, wish, privacy) => {
    expect(callerPrivacy(caller, wish)).toBe(privacy);
  });
});

describe('what a caller sees', () => {
  test('is this machine alone unless somebody said more', () => {
    expect(callerScope(window)).toEqual({ pools: [] });
    expect(callerScope(member)).toEqual({ pools: ['lab'], isVisitor: true });
  });

  test('is what both the pool and the key allow', () => {
    const scope = { pools: ['lab'], models: ['guide', 'tutor'] };
    expect(callerScope({ ...key, scope, models: ['tutor', 'secret'] })).toEqual({
      pools: ['lab'],
      models: ['tutor'],
    });
    expect(callerScope({ ...key, models: ['tutor'] })).toEqual({ pools: [], models: ['tutor'] });
  });
});

test('a pool shares a cache, unless it keeps its members apart', () => {
  expect(callerTenant(member)).toBe('lab');
  expect(callerTenant({ ...member, isIsolated: true })).toBe('ann');
  expect(callerTenant(window)).toBe('me');
});

test('all devices of a member are one place in line, and each key is one', () => {
  expect(callerQueue(member)).toBe(callerQueue({ ...member, membershipId: 'other' }));
  expect(callerQueue(key)).not.toBe(callerQueue({ ...key, keyId: 'other' }));
  expect(callerLabel(member)).toBe('Ann');
  const session = { kind: 'session' as const, sessionId: 's', personId: 'mia' };
  expect(callerLabel({ ...session, name: 'Mia' })).toBe('Mia');
  expect(callerLabel(session)).toBe('owner');
});

test('of an envelope from outside only wishes are taken', () => {
  const { envelope } = chatRequest('hi', {
    envelope: {
      ...{ tenant: 'theirs', caller: 'window', priority: 9, pools: ['secret'], slot: 3 },
      ...{ privacy: 'trusted', pin: 'attic', hops: ['them'], onColdStart: 'refuse' },
    },
  });
  expect(wishesOf(envelope)).toEqual({
    privacy: 'trusted',
    pin: 'attic',
    hops: ['them'],
    onColdStart: 'refuse',
  });
});
