import { expect, test } from 'vitest';
import { keyChange, keyDraftOf, keyProblem, keyScope, newKey, newKeyDraft } from './key-draft.ts';

const named = { ...newKeyDraft, name: ' ci ' };

test('a key that nothing was chosen for asks everything of trusted machines, without an end', () => {
  expect(keyScope(newKeyDraft, 0)).toEqual({ privacy: 'trusted' });
  expect(newKey(named, 0)).toEqual({ name: 'ci', kind: 'personal', privacy: 'trusted' });
});

test('a key keeps to the pool, the models and the time that were chosen', () => {
  const draft = {
    ...named,
    ...({ poolId: 'p1', span: 'day', privacy: 'any', models: ['qwen'] } as const),
  };
  expect(newKey(draft, 1000)).toMatchObject({
    ...{ poolId: 'p1', privacy: 'any', models: ['qwen'] },
    expiresAt: 1000 + 24 * 60 * 60 * 1000,
  });
});

test('addresses, tags and limits are read as people type them', () => {
  const draft = {
    ...named,
    allowedIps: '10.0.0.0/8, 192.168.1.7\n10.0.0.0/8',
    tags: 'team a, , ci',
    limits: { ...named.limits, requestsPerMinute: '60', spendMicrosPerMonth: '$20.50' },
  };
  expect(keyScope(draft, 0)).toMatchObject({
    allowedIps: ['10.0.0.0/8', '192.168.1.7'],
    tags: ['team a', 'ci'],
    limits: { requestsPerMinute: 60, spendMicrosPerMonth: 20_500_000 },
  });
});

test('a draft without a name, without a model or with an unreadable limit is named as such', () => {
  expect(keyProblem(newKeyDraft)).toBe('name');
  expect(keyProblem({ ...named, models: [] })).toBe('models');
  const limits = { ...named.limits, tokensPerDay: 'many' };
  expect(keyProblem({ ...named, limits })).toBe('limits');
  expect(keyProblem(named)).toBeUndefined();
});

test('changing a key takes away what was emptied and keeps the end that was not touched', () => {
  const key = {
    ...{ id: 'k', name: 'ci', prefix: 'mp-1', createdAt: 1, expiresAt: 99, tags: ['a'] },
    limits: { tokensPerDay: 5 },
  };
  const draft = keyDraftOf(key);
  expect(keyChange(draft, 0)).toEqual({
    ...{ name: 'ci', models: null, privacy: 'trusted', allowedIps: null, tags: ['a'] },
    limits: { tokensPerDay: 5 },
  });
  const emptied = { ...draft, span: 'forever', tags: '' } as const;
  expect(keyChange(emptied, 0)).toMatchObject({ expiresAt: null, tags: null });
});
