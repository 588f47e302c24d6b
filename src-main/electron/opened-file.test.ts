import { expect, test } from 'vitest';
import { importPath, modelFileIn } from './opened-file.ts';

const isWindows = process.platform === 'win32';

test.skipIf(isWindows).each([
  ['/opt/Millpond/millpond-desktop', '/home/ada/tiny model.gguf', '/home/ada/tiny model.gguf'],
  [
    '/opt/Millpond/millpond-desktop',
    'file:///home/ada/tiny%20model.GGUF',
    '/home/ada/tiny model.GGUF',
  ],
  ['electron', 'models/tiny.gguf', '/work/models/tiny.gguf'],
])('PACK: opening a model with %s %s leads to its path', (program, word, path) => {
  expect(modelFileIn([program, word], '/work')).toBe(path);
});

test.each([
  [['millpond-desktop', '--hidden']],
  [['millpond-desktop', '--log=/tmp/x.gguf']],
  [['millpond-desktop', '/home/ada/notes.txt']],
  [['millpond-desktop', 'file://elsewhere/share%2Fx.gguf']],
])('PACK: %j opens no model', (argv) => {
  expect(modelFileIn(argv, '/work')).toBeUndefined();
});

test('PACK: the view that asks carries the path whole', () => {
  const path = '/home/ada/a b#c?d&e=ü.gguf';
  const { hash } = new URL(importPath(path), 'http://127.0.0.1');
  expect(decodeURIComponent(hash.slice('#import='.length))).toBe(path);
});
