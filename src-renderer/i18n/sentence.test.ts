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

test('Chinese ends with its own full stop, also behind a name in it', () => {
  expect(['attic 又开始共享', '移到了 attic', '已撤销“Mill”的邀请（1 个）'].map(sentence)).toEqual([
    'attic 又开始共享。',
    '移到了 attic.',
    '已撤销“Mill”的邀请（1 个）。',
  ]);
});
