import { expect, test } from 'vitest';
import { MillpondError } from '../../core/error.ts';
import { createFakeClock } from '../../testing/fake-clock.ts';
import { ProviderKeyRing } from './key-ring.ts';
import type { RingKey } from './key-ring.ts';
import { verdictOf } from './key-verdict.ts';

function ringOf(count: number) {
  const clock = createFakeClock();
  const changes: string[] = [];
  const ring = new ProviderKeyRing({
    clock,
    onChanged: ({ id, state }) => changes.push(`${id} ${state.phase}`),
  });
  for (let at = 0; at < count; at += 1) {
    const id = String.fromCodePoint(97 + at);
    const key: RingKey = {
      id,
      secret: `s-${id}`,
      shown: 's',
      createdAt: at,
      state: { phase: 'ready' },
    };
    ring.add(key);
  }
  const rest = (id: string, error: MillpondError): void => {
    const verdict = verdictOf(error, clock.now());
    if (verdict === undefined) throw new Error('it says nothing about the key');
    ring.rest(id, verdict);
  };
  const take = (...tried: readonly string[]) => ring.take(new Set(tried))?.id;
  return { clock, changes, ring, rest, take };
}

const limited = (retryAfterMs?: number, reason?: string) =>
  new MillpondError('rate-limited', 'too fast', {
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(reason !== undefined && { reason }),
  });

test('keys take turns, without those that were tried and those that rest', () => {
  const { rest, take } = ringOf(3);
  expect([take(), take(), take(), take()]).toEqual(['a', 'b', 'c', 'a']);
  expect(take('b')).toBe('c');
  rest('a', limited());
  expect([take(), take(), take()]).toEqual(['b', 'c', 'b']);
  expect(take('b', 'c')).toBeUndefined();
});

test('a provider that says to come back at once is left alone for a second', async () => {
  const { clock, rest, take, ring } = ringOf(1);
  rest('a', limited(0));
  expect(take()).toBeUndefined();
  const { message, retryAfterMs } = ring.allRest('Cloud');
  expect(message).toContain('takes no more requests');
  expect(retryAfterMs).toBe(1000);
  await clock.advance(1000);
  expect(take()).toBe('a');
});

test('a rest that a wrong clock noted in the future holds nobody up', () => {
  const { clock, ring, take } = ringOf(1);
  const verdict = verdictOf(limited(7000), clock.now() + 365 * 24 * 60 * 60_000);
  if (verdict !== undefined) ring.rest('a', verdict);
  expect(take()).toBe('a');
});

test('each rest lasts as long as its reason says', async () => {
  const { clock, rest, take, ring } = ringOf(1);
  const until = async (ms: number): Promise<void> => {
    await clock.advance(ms - 1);
    expect(take()).toBeUndefined();
    await clock.advance(1);
    expect(take()).toBe('a');
  };
  rest('a', limited(7000));
  await until(7000);
  rest('a', limited());
  await until(10_000);
  rest('a', limited(undefined, 'insufficient_quota'));
  expect(ring.list()[0]?.state.phase).toBe('exhausted');
  await until(30 * 60_000);
  rest('a', limited(5000, 'insufficient_quota'));
  await until(5000);
  rest('a', new MillpondError('unauthenticated', 'no'));
  expect(ring.list()[0]?.state.phase).toBe('refused');
  await until(30 * 60_000);
  const dayMs = 24 * 60 * 60_000;
  rest('a', limited(undefined, 'daily_quota'));
  await until(dayMs - (clock.now() % dayMs));
});

test('a short refusal that comes later does not shorten a long rest', async () => {
  const { clock, rest, take, changes, ring } = ringOf(1);
  rest('a', limited(undefined, 'insufficient_quota'));
  rest('a', limited(1000));
  ring.worked('a');
  await clock.advance(2000);
  expect(take()).toBeUndefined();
  expect(changes).toEqual(['a exhausted']);
  ring.wake();
  expect(take()).toBe('a');
});

test('when all of them rest the caller is told when the first one is back', async () => {
  const { clock, rest, ring } = ringOf(2);
  rest('a', limited(undefined, 'insufficient_quota'));
  rest('b', limited(9000));
  await clock.advance(2000);
  expect(ring.allRest('OpenAI')).toMatchObject({
    code: 'overloaded',
    retry: 'elsewhere',
    retryAfterMs: 7000,
  });
});

test('what is the fault of the request or the provider says nothing about a key', () => {
  for (const code of ['invalid-request', 'unavailable', 'timeout', 'forbidden'] as const) {
    expect(verdictOf(new MillpondError(code, 'x'), 0)).toBeUndefined();
  }
});
