import { expect, test } from 'vitest';
import { MillpondError } from '../../core/error.ts';
import { createFakeClock } from '../../testing/fake-clock.ts';
import { KeyRing } from './key-ring.ts';

const limited = (retryAfterMs?: number): MillpondError =>
  new MillpondError('rate-limited', 'slow down', {
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });

test('takes the keys in turn, each once', () => {
  const ring = new KeyRing(['a', 'b', 'a'], createFakeClock());
  expect([ring.take(), ring.take(), ring.take()]).toEqual(['a', 'b', 'a']);
});

test('leaves a resting key alone until its time is over', async () => {
  const clock = createFakeClock();
  const ring = new KeyRing(['a', 'b'], clock);
  ring.rest('a', limited(3000));
  expect([ring.take(), ring.take()]).toEqual(['b', 'b']);
  await clock.advance(3000);
  expect(ring.take()).toBe('a');
});

test('gives none while all rest, and says which is back first and why it rests', async () => {
  const clock = createFakeClock(0);
  const ring = new KeyRing(['a', 'b'], clock);
  const failure = limited();
  ring.rest('a', new MillpondError('unauthenticated', 'no'));
  ring.rest('b', failure);
  expect(ring.take()).toBeUndefined();
  expect(ring.soonest()).toEqual({ until: 10_000, failure });
  await clock.advance(10_000);
  expect(ring.take()).toBe('b');
  expect(ring.take()).toBe('b');
  await clock.advance(50_000);
  expect([ring.take(), ring.take()]).toContain('a');
});

test('small questions take nobody’s turn and are asked even while all keys rest', () => {
  const ring = new KeyRing(['a', 'b'], createFakeClock());
  expect([ring.any(), ring.any(), ring.take()]).toEqual(['a', 'a', 'a']);
  ring.rest('a', limited());
  expect(ring.any()).toBe('b');
  ring.rest('b', limited());
  expect(ring.any()).toBe('a');
});

test('shows the first characters of a key and never most of it', () => {
  const ring = new KeyRing(['sk-0123456789abcdef', 'short', 'ab'], createFakeClock(0));
  ring.rest('short', limited(500));
  expect(ring.views()).toEqual([
    { prefix: 'sk-012' },
    { prefix: 's', coolsUntil: 500 },
    { prefix: '' },
  ]);
});
