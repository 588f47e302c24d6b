import { expect, test } from 'vitest';
import { checkCharacters } from './prompt-limit.ts';

test('refuses a text that no tokenizer could make fit, before it is tokenized', () => {
  const refused = { code: 'context-overflow', reason: 'context_length_exceeded' };
  const tooLong = 'a'.repeat(2048 * 256 + 1);
  expect(() => {
    checkCharacters(tooLong, 2048);
  }).toThrow(expect.objectContaining(refused));
  expect(() => {
    checkCharacters(tooLong.slice(1), 2048);
  }).not.toThrow();
});
