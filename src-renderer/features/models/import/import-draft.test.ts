import { expect, test } from 'vitest';
import { pathsIn } from './import-draft.ts';

test('every line is a path; blank lines and copied quotes are forgiven', () => {
  expect(pathsIn('  /a/one.gguf \n\n"/b/with space.gguf"\n')).toEqual([
    '/a/one.gguf',
    '/b/with space.gguf',
  ]);
  expect(pathsIn(' \n ')).toEqual([]);
});

test('a quote inside a name stays', () => {
  expect(pathsIn("/a/mara's.gguf")).toEqual(["/a/mara's.gguf"]);
});
