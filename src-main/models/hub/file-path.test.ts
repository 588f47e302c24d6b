import { expect, test } from 'vitest';
import { checkedPath } from './file-path.ts';

test.each([
  'model.gguf',
  'Q8_0/model-00001-of-00003.gguf',
  'a/b/c.json',
  '.gitattributes',
  'Modèle 量化.gguf',
  'console.json',
])('lets %s through as it is', (path) => {
  expect(checkedPath(path)).toBe(path);
});

test.each([
  ['an empty path', ''],
  ['an absolute path', '/etc/passwd'],
  ['a step up', '../model.gguf'],
  ['a step up in the middle', 'a/../../model.gguf'],
  ['a step nowhere', './model.gguf'],
  ['an empty step', 'a//model.gguf'],
  ['a folder', 'a/'],
  ['a backslash', 'a\\model.gguf'],
  ['a drive letter', 'C:/model.gguf'],
  ['a share', '\\\\host\\share'],
  ['a stream behind a colon', 'model.gguf:stream'],
  ['a zero byte', 'model\u0000.gguf'],
  ['a line break', 'model\n.gguf'],
  ['a wildcard', 'model*.gguf'],
  ['a device of Windows', 'CON'],
  ['a device of Windows with an extension', 'sub/nul.gguf'],
  ['a serial port', 'com1.json'],
  ['a trailing dot', 'model.'],
  ['a trailing space', 'folder /model.gguf'],
  ['a name that is too long', `${'x'.repeat(241)}.gguf`],
  ['a name of too many bytes', `${'量'.repeat(90)}.gguf`],
  ['a path that is too long', `${'a/'.repeat(200)}m.gguf`],
])('refuses %s', (_what, path) => {
  expect(checkedPath(path)).toBeUndefined();
});
