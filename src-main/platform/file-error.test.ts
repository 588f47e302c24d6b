import { expect, test } from 'vitest';
import { explainFileError } from './file-error.ts';

function failure(code: string): Error {
  return Object.assign(new Error(`${code}: some text`), { code });
}

test('a full disk and a used-up quota are told as such', () => {
  for (const code of ['ENOSPC', 'EDQUOT']) {
    const error = explainFileError(failure(code), 'write', '/data/file');
    expect(error.code).toBe('storage-full');
    expect(error.message).toContain('free some space');
  }
});

test('other failures name the path and what to do', () => {
  const error = explainFileError(failure('EACCES'), 'use its data folder', '/data');
  expect(error).toMatchObject({
    code: 'unavailable',
    message:
      'Millpond cannot use its data folder /data: permission was denied; ' +
      'give your user access or choose another folder',
  });
});

test('an unknown code is kept, so that it can be looked up', () => {
  expect(explainFileError(failure('EWEIRD'), 'read', '/x').message).toContain('EWEIRD');
});
