import { expect, test } from 'vitest';
import { droppedFiles } from './dropped-files.ts';

const files = [new File([], 'one.gguf'), new File([], 'two.gguf')];

test('the shell tells where the files lie', () => {
  const pathOf = (file: File) => `/home/mara/${file.name}`;
  expect(droppedFiles(files, pathOf)).toEqual({
    kind: 'paths',
    paths: ['/home/mara/one.gguf', '/home/mara/two.gguf'],
  });
});

test('a browser, a shell without the extra and a file from nowhere give the name alone', () => {
  const name = { kind: 'name', name: 'one.gguf' };
  expect(droppedFiles(files, undefined)).toEqual(name);
  expect(droppedFiles(files, () => '')).toEqual(name);
  const throwing = () => {
    throw new TypeError('not there');
  };
  expect(droppedFiles(files, throwing)).toEqual(name);
});

test('dropped text is no file', () => {
  expect(droppedFiles([], undefined)).toBeUndefined();
});
