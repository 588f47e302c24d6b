import { expect, test } from 'vitest';
import { PasswordHasher } from './passwords.ts';

test('a password is kept as scrypt with its cost and a salt of its own', async () => {
  const hasher = new PasswordHasher();
  const [first, second] = await Promise.all([
    hasher.hash('correct horse'),
    hasher.hash('correct horse'),
  ]);
  expect(first).toMatch(/^scrypt\$15\$8\$1\$[\w-]{22}\$[\w-]{43}$/);
  expect(second).not.toBe(first);
  expect(await hasher.matches('correct horse', first)).toBe(true);
  expect(await hasher.matches('correct horses', first)).toBe(false);
  expect(await hasher.matches('correct horse', undefined)).toBe(false);
});

test('the same letters composed in another way are the same password', async () => {
  const hasher = new PasswordHasher();
  const stored = await hasher.hash('Zürich zu zweit');
  expect(await hasher.matches('Zu\u0308rich zu zweit', stored)).toBe(true);
});

test('more than a few at once wait in line, and the line has an end', async () => {
  const hasher = new PasswordHasher();
  const tries = Array.from({ length: 40 }, () => hasher.matches('x', undefined));
  const outcomes = await Promise.allSettled(tries);
  const refused = outcomes.filter((each) => each.status === 'rejected');
  expect(refused).toHaveLength(6);
  expect(refused[0]).toMatchObject({ reason: { code: 'rate-limited', retryAfterMs: 2000 } });
  // The line is free again.
  expect(await hasher.matches('x', undefined)).toBe(false);
});

test('what cannot be read is not taken for a wrong password', async () => {
  const hasher = new PasswordHasher();
  await expect(hasher.matches('x', 'md5$abc')).rejects.toMatchObject({ code: 'internal' });
});
