import { beforeEach, expect, test } from 'vitest';
import type { AssistantMessage } from '../types.ts';
import { lineVerdict, putInLine, takeFromLine, useLine } from './line.ts';

const answer: AssistantMessage = {
  role: 'assistant',
  id: 'a',
  chatId: 'c',
  parentId: 'q',
  createdAt: 0,
  model: 'guide',
  parts: [],
  chunkCount: 0,
  status: 'streaming',
};
const message = { text: 'And then?', attachments: [], model: 'guide', behindId: 'a' };

beforeEach(() => {
  useLine.setState({}, true);
});

test('a message waits while the answer before it is made, and goes out when that is whole', () => {
  expect(lineVerdict(undefined)).toBe('wait');
  expect(lineVerdict({ ...answer, status: 'waiting' })).toBe('wait');
  expect(lineVerdict(answer)).toBe('wait');
  expect(lineVerdict({ ...answer, status: 'done' })).toBe('send');
});

test('behind an answer that was stopped, failed or interrupted the person decides', () => {
  for (const status of ['stopped', 'failed', 'interrupted'] as const) {
    expect(lineVerdict({ ...answer, status })).toBe('hold');
  }
});

test('a second message makes the first one longer; other chats have their own line', () => {
  putInLine('c', message);
  putInLine('c', { ...message, text: 'And why?' });
  putInLine('d', { ...message, text: 'Elsewhere' });
  expect(takeFromLine('c')?.text).toBe('And then?\n\nAnd why?');
  expect(takeFromLine('c')).toBeUndefined();
  expect(takeFromLine('d')?.text).toBe('Elsewhere');
});
