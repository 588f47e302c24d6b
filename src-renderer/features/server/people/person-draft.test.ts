import { expect, test } from 'vitest';
import {
  codesCsv,
  mayManage,
  newPerson,
  personChange,
  personDraftOf,
  personProblem,
  rolesBelow,
} from './person-draft.ts';

test('nobody gives their own role or a higher one', () => {
  expect(rolesBelow('owner')).toEqual(['admin', 'member', 'viewer']);
  expect(rolesBelow('admin')).toEqual(['member', 'viewer']);
  expect(rolesBelow('viewer')).toEqual([]);
  expect(mayManage('admin', 'admin')).toBe(false);
  expect(mayManage('admin', 'member')).toBe(true);
});

test('a new person gets the limits that were typed, and emptied ones are taken away later', () => {
  const draft = personDraftOf(undefined);
  const limited = { ...draft, name: ' Ines ', limits: { ...draft.limits, tokensPerDay: '2M' } };
  expect(newPerson(limited)).toEqual({
    ...{ name: 'Ines', role: 'member' },
    limits: { tokensPerDay: 2_000_000 },
  });
  expect(personChange({ ...limited, limits: draft.limits })).toEqual({
    name: 'Ines',
    limits: null,
  });
  expect(personProblem(draft)).toBe('name');
});

test('a file of codes survives quotes, and no name in it becomes a formula', () => {
  const made = [
    { person: { name: 'Jo "J" Doe' }, code: 'a-b' },
    { person: { name: '=1+1' }, code: 'c-d' },
  ];
  expect(codesCsv(made)).toBe('name,code\r\n"Jo ""J"" Doe","a-b"\r\n"\'=1+1","c-d"\r\n');
});
