import { expect, test } from 'vitest';
import { accountName } from './account-name.ts';

test.each([
  [{ USER: 'mara' }, 'mara'],
  [{ USERNAME: 'OFFICE\\Jon Smith' }, 'Jon Smith'],
  [{ LOGNAME: ' li\u0007 ' }, 'li'],
])('calls the owner as their account %j is called', (env, name) => {
  expect(accountName(env)).toBe(name);
});

test.each([
  {},
  { USER: 'root' },
  { USERNAME: 'Administrator' },
  { USERNAME: 'SYSTEM' },
  { USERNAME: 'PC-7$' },
])('takes no name from %j, which is nobody', (env) => {
  expect(accountName(env)).toBeUndefined();
});
