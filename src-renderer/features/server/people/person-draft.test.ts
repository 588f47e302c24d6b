import { expect, test } from 'vitest';
import type { Account } from '../../../api.ts';
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
    ...{ name: 'Ines', role: 'member', pools: [] },
    limits: { tokensPerDay: 2_000_000 },
  });
  expect(personChange({ ...limited, limits: draft.limits }, ines())).toEqual({
    ...{ name: 'Ines', limits: null },
  });
  expect(personProblem(draft)).toBe('name');
});

test('pools are told for somebody new, and later only where they changed', () => {
  expect(newPerson(personDraftOf(undefined, ['lab']))).toMatchObject({ pools: ['lab'] });
  const before = ines('lab', 'barn');
  const draft = personDraftOf(before, ['lab']);
  expect(personChange({ ...draft, pools: ['barn', 'lab'] }, before)).not.toHaveProperty('pools');
  expect(personChange({ ...draft, pools: ['barn'] }, before)).toMatchObject({ pools: ['barn'] });
  expect(personChange({ ...draft, pools: ['barn', 'mill'] }, before)).toMatchObject({
    pools: ['barn', 'mill'],
  });
});

function ines(...pools: readonly string[]): Account {
  return {
    ...{ id: 'ines', name: 'Ines', role: 'member', createdAt: 0, hasPassword: true },
    ...{ keys: 0, uses: [] },
    pools: pools.map((id) => ({ id, name: id, role: 'member' as const })),
  };
}

test('a file of codes survives quotes, and no name in it becomes a formula', () => {
  const made = [
    { person: { name: 'Jo "J" Doe' }, code: 'a-b' },
    { person: { name: '=1+1' }, code: 'c-d' },
  ];
  expect(codesCsv(made)).toBe('name,code\r\n"Jo ""J"" Doe","a-b"\r\n"\'=1+1","c-d"\r\n');
});
