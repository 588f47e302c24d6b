import { expect, test } from 'vitest';
import { groupChats } from './group-chats.ts';
import { excerptPieces } from './marked-excerpt.ts';
import type { ChatSummary } from '../types.ts';

function chat(id: string, updatedAt: Date, pinned = false): ChatSummary {
  const at = updatedAt.getTime();
  return { id, title: id, pinned, createdAt: at, updatedAt: at, isRunning: false };
}

test('chats stand under the calendar day they were last used, pinned ones first', () => {
  const now = new Date(2026, 2, 10, 0, 30);
  const groups = groupChats(
    [
      chat('just after midnight', new Date(2026, 2, 10, 0, 1)),
      chat('an hour ago, but yesterday', new Date(2026, 2, 9, 23, 30)),
      chat('kept', new Date(2025, 0, 1), true),
      chat('last week', new Date(2026, 2, 4)),
      chat('a while ago', new Date(2026, 1, 20)),
      chat('long ago', new Date(2025, 5, 1)),
    ],
    now,
  );
  expect(groups.map((group) => [group.name, group.chats.map(({ id }) => id)])).toEqual([
    ['pinned', ['kept']],
    ['today', ['just after midnight']],
    ['yesterday', ['an hour ago, but yesterday']],
    ['week', ['last week']],
    ['month', ['a while ago']],
    ['earlier', ['long ago']],
  ]);
});

test('an excerpt comes apart at its marks', () => {
  expect(excerptPieces('今天\uE000天气\uE001很好, \uE000天气\uE001')).toEqual([
    { text: '今天', isMatch: false },
    { text: '天气', isMatch: true },
    { text: '很好, ', isMatch: false },
    { text: '天气', isMatch: true },
  ]);
});

test('an excerpt cut inside a match still shows the match and no marks', () => {
  expect(excerptPieces('so \uE000pum')).toEqual([
    { text: 'so ', isMatch: false },
    { text: 'pum', isMatch: true },
  ]);
});
