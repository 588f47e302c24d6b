import { expect, test } from 'vitest';
import { fileToImport } from './opened-file.ts';

test('PACK: only the models page asks about a file, and any path arrives whole', () => {
  const path = '/home/ada/a b#c%.gguf';
  const hash = `#import=${encodeURIComponent(path)}`;
  expect(fileToImport('/models', hash)).toBe(path);
  expect(fileToImport('/chat', hash)).toBeUndefined();
  expect(fileToImport('/models', '')).toBeUndefined();
  expect(fileToImport('/models', '#import=%E0%A4%A')).toBeUndefined();
});
