import { expect, test } from 'vitest';
import { keyScope, newKeyDraft } from './key-draft.ts';

test('a key that nothing was chosen for asks everything of trusted machines, without an end', () => {
  expect(keyScope(newKeyDraft, 0)).toEqual({ privacy: 'trusted' });
});

test('a key keeps to the pool, the models and the time that were chosen', () => {
  const draft = { poolId: 'p1', span: 'day', privacy: 'any', models: ['qwen'] } as const;
  expect(keyScope(draft, 1000)).toEqual({
    ...{ poolId: 'p1', privacy: 'any', models: ['qwen'] },
    expiresAt: 1000 + 24 * 60 * 60 * 1000,
  });
});
