import { expect, test } from 'vitest';
import {
  aliasDraftOf,
  aliasOf,
  aliasProblem,
  cloudMembers,
  moveMember,
  withMember,
} from './alias-draft.ts';

const empty = aliasDraftOf(undefined);
const two = withMember(withMember({ ...empty, name: 'best' }, 'ours'), 'claude');

test('members keep the order that they are given, also after moving', () => {
  const turned = { ...two, members: moveMember(two.members, 1, 0) };
  expect(aliasOf(turned).members.map(({ model }) => model)).toEqual(['claude', 'ours']);
  expect(moveMember(two.members, 0, -1)).toBe(two.members);
  expect(moveMember(two.members, 1, 2)).toBe(two.members);
});

test('a limit of the line is told only where one was typed', () => {
  const [first, second] = two.members;
  if (first === undefined || second === undefined) throw new Error('two members were added');
  const members = [{ ...first, maxQueueSeconds: '7.5' }, second];
  expect(aliasOf({ ...two, members, cloud: true })).toEqual({
    ...{ name: 'best', cloud: true },
    members: [{ model: 'ours', maxQueueSeconds: 7.5 }, { model: 'claude' }],
  });
  const wrong = [{ ...first, maxQueueSeconds: 'soon' }, second];
  expect(aliasProblem({ ...two, members: wrong })).toBe('queue');
  expect(aliasProblem({ ...two, members: [{ ...first, maxQueueSeconds: '-1' }] })).toBe('queue');
});

test('an alias needs a name and somebody to ask', () => {
  expect(aliasProblem(empty)).toBe('name');
  expect(aliasProblem({ ...empty, name: 'best' })).toBe('members');
  expect(aliasProblem(two)).toBeUndefined();
});

test('the same model may stand twice and each line stays itself', () => {
  const keys = withMember(two, 'ours').members.map(({ key }) => key);
  expect(new Set(keys).size).toBe(3);
});

test('a pinned name tells its provider, also one that is not listed', () => {
  const options = [{ id: 'claude', provider: 'anthropic' }, { id: 'ours' }];
  expect(cloudMembers([...two.members, { model: 'glm@zhipu' }], options)).toEqual([
    { model: 'claude', provider: 'anthropic' },
    { model: 'glm@zhipu', provider: 'zhipu' },
  ]);
});
