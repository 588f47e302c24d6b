import { expect, test } from 'vitest';
import { createFakeClock } from '../../testing/fake-clock.ts';
import type { BreakerPermit } from './breaker.ts';
import { Breakers } from './breaker.ts';

function setUp() {
  const clock = createFakeClock();
  const changes: string[] = [];
  const breakers = new Breakers(clock, (key) => changes.push(key));
  const enter = (): BreakerPermit => {
    const permit = breakers.tryEnter('a');
    if (permit === undefined) throw new Error('the circuit lets nobody pass');
    return permit;
  };
  const fail = () => enter().failed('unavailable', 'it broke');
  const succeed = () => enter().succeeded();
  return { clock, breakers, changes, enter, fail, succeed };
}

test('E18: who fails five of ten is left alone, probed once, and taken back when that succeeds', async () => {
  const { clock, breakers, changes, enter, fail, succeed } = setUp();
  for (const isFailure of [false, true, true, false, true, false, false, true, false]) {
    if (isFailure) fail();
    else succeed();
    expect(breakers.states()).toEqual([]);
  }
  fail();
  const since = clock.now();
  const open = { key: 'a', phase: 'open', since, retryAt: since + 2000, reason: 'it broke' };
  expect(breakers.states()).toEqual([open]);
  await clock.advance(1999);
  expect(breakers.tryEnter('a')).toBeUndefined();
  expect(breakers.waitMs('a')).toBe(1);
  await clock.advance(1);
  const probe = enter();
  expect(breakers.states()).toMatchObject([{ phase: 'half-open', since }]);
  expect(breakers.tryEnter('a')).toBeUndefined();
  probe.succeeded();
  expect(breakers.states()).toEqual([]);
  expect(changes).toEqual(['a', 'a', 'a']);
  fail();
  fail();
  expect(breakers.states()).toEqual([]);
});

test('failures that ten later outcomes lie behind are forgotten', () => {
  const { breakers, fail, succeed } = setUp();
  for (let round = 0; round < 4; round += 1) {
    fail();
    fail();
    for (let good = 0; good < 8; good += 1) succeed();
  }
  expect(breakers.states()).toEqual([]);
  expect(breakers.keys()).toEqual(['a']);
  for (let good = 0; good < 2; good += 1) succeed();
  expect(breakers.keys()).toEqual([]);
});

test('what was under way when the circuit opened neither prolongs nor ends its pause', async () => {
  const { clock, breakers, enter, fail } = setUp();
  const [late, lucky] = [enter(), enter()];
  for (let turn = 0; turn < 3; turn += 1) fail();
  await clock.advance(500);
  late.failed('unavailable');
  lucky.succeeded();
  expect(breakers.waitMs('a')).toBe(1500);
});

test('a failed probe pauses for longer, one that tells nothing leaves the next to try', async () => {
  const { clock, breakers, enter, fail } = setUp();
  for (let turn = 0; turn < 3; turn += 1) fail();
  await clock.advance(2000);
  enter().failed('rate-limited');
  enter().released();
  enter().failed('unavailable');
  expect(breakers.waitMs('a')).toBe(4000);
});

test('a reset closes the circuit and forgets what was counted', () => {
  const { breakers, changes, fail } = setUp();
  for (let turn = 0; turn < 3; turn += 1) fail();
  breakers.reset('a');
  expect(breakers.states()).toEqual([]);
  expect(changes).toEqual(['a', 'a']);
  fail();
  fail();
  expect(breakers.states()).toEqual([]);
});

test('what is the fault of a key or a caller opens nothing', () => {
  const { breakers, enter } = setUp();
  for (const code of ['rate-limited', 'overloaded', 'invalid-request', 'forbidden'] as const) {
    for (let turn = 0; turn < 10; turn += 1) enter().failed(code);
  }
  expect(breakers.states()).toEqual([]);
});
