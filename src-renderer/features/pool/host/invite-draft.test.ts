import { expect, test } from 'vitest';
import { inviteInput, inviteProblem, usualInvite } from './invite-draft.ts';

const now = 1_700_000_000_000;
const poolId = '0198c0de-1111-7111-8111-111111111111';

test('the usual invite works once and until the same time tomorrow', () => {
  expect(inviteInput(usualInvite, poolId, now)).toEqual({
    id: poolId,
    rights: 'serve-and-ask',
    role: 'member',
    trust: 'trusted',
    maxUses: 1,
    expiresAt: now + 86_400_000,
    models: [],
  });
});

test('an invite without limits names none', () => {
  const input = inviteInput({ ...usualInvite, uses: 'any', span: 'always' }, poolId, now);
  expect(input).not.toHaveProperty('maxUses');
  expect(input).not.toHaveProperty('expiresAt');
});

test('chosen models travel with it, and none chosen is no invite: an empty list would mean all', () => {
  const some = { ...usualInvite, models: ['qwen3-8b'] };
  expect(inviteInput(some, poolId, now).models).toEqual(['qwen3-8b']);
  expect(inviteProblem(some)).toBeUndefined();
  expect(inviteProblem({ ...usualInvite, models: [] })).toBe('models');
});

test('who only shares gets no list of models', () => {
  const sharing = { ...usualInvite, rights: 'serve', models: [] } as const;
  expect(inviteProblem(sharing)).toBeUndefined();
  expect(inviteInput({ ...sharing, models: ['qwen3-8b'] }, poolId, now).models).toEqual([]);
});

test('a list needs at least a name', () => {
  expect(inviteProblem(usualInvite, ' \n')).toBe('list');
  expect(inviteProblem(usualInvite, 'Ada')).toBeUndefined();
});
