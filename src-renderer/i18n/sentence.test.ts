import { expect, test } from 'vitest';
import { sentence } from './sentence.ts';

test('a message gets a full stop only when it has no end of its own', () => {
  expect(['Try again', 'Try again.', 'Really?', '请重试。', ''].map(sentence)).toEqual([
    'Try again.',
    'Try again.',
    'Really?',
    '请重试。',
    '',
  ]);
});
