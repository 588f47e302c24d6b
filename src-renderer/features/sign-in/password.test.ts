import { expect, test } from 'vitest';
import { passwordProblem } from './password.ts';

test('a password of ten characters, typed twice alike, is taken', () => {
  expect(passwordProblem({ chosen: 'ten signs.', repeated: 'ten signs.' })).toBeUndefined();
});

test('what is too short is said before what differs', () => {
  expect(passwordProblem({ chosen: 'nine char', repeated: '' })).toBe('short');
  expect(passwordProblem({ chosen: 'ten signs.', repeated: 'ten signs,' })).toBe('differs');
});
