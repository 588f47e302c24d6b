import { expect, test } from 'vitest';
import type { Chat, Message } from './conversation.ts';
import { exportChat } from './export.ts';

const chat: Chat = {
  id: 'c',
  title: 'Mills: a/b "test"',
  pinned: false,
  createdAt: 1,
  updatedAt: 2,
  systemPrompt: 'Be brief.',
  parameters: {},
  leafId: 'a2',
};
const file = {
  id: 'f',
  name: 'plan.pdf',
  mediaType: 'application/pdf',
  sizeBytes: 1,
  characters: 1,
  tokens: 1,
  pages: 9,
  pageRange: '1-3',
  isImage: false,
};
const base = { chatId: 'c', createdAt: 1 };
const messages: Message[] = [
  { ...base, id: 'q', parentId: null, role: 'user', text: 'Why?', attachments: [file] },
  {
    ...base,
    ...{ id: 'a1', parentId: 'q', role: 'assistant', model: 'guide', chunkCount: 1 },
    parts: [{ type: 'text', text: 'Another branch' }],
    status: 'done',
  },
  {
    ...base,
    ...{ id: 'a2', parentId: 'q', role: 'assistant', model: 'guide', chunkCount: 1 },
    parts: [
      { type: 'reasoning', text: 'Let me think.' },
      { type: 'text', text: 'Because.' },
    ],
    status: 'stopped',
    receipt: {
      model: 'guide',
      machine: 'Mill',
      usage: { promptTokens: 10, cachedTokens: 4, completionTokens: 50, reasoningTokens: 0 },
      timings: { queuedMs: 0, loadMs: 0, prefillMs: 0, firstTokenMs: 250, decodeMs: 2_000 },
      finishReason: 'stopped',
    },
  },
];

test('Markdown holds the branch on screen, to be read', () => {
  const exported = exportChat({ chat, messages, format: 'markdown', exportedAt: 5 });
  expect(exported).toMatchObject({ fileName: 'Mills a b test.md', mediaType: 'text/markdown' });
  expect(exported.text).toBe(`# Mills: a/b "test"

## System prompt

Be brief.

## You

*Attached: plan.pdf, pages 1-3 of 9*

Why?

## guide

<details>
<summary>Reasoning</summary>

Let me think.

</details>

Because.

*Stopped.*

*guide on Mill · 25.0 tokens/s · first token after 0.25 s · 50 tokens · prompt 10 tokens, 4 cached · stopped*
`);
});

test('JSON holds the whole tree and its version', () => {
  const { text, fileName } = exportChat({ chat, messages, format: 'json', exportedAt: 5 });
  expect(fileName).toBe('Mills a b test.json');
  expect(JSON.parse(text)).toEqual({ millpondChat: 1, exportedAt: 5, chat, messages });
});

test('a title that no file system takes becomes a plain name', () => {
  const named = (title: string) =>
    exportChat({ chat: { ...chat, title }, messages: [], format: 'json', exportedAt: 0 }).fileName;
  expect(named('../../etc')).toBe('etc.json');
  expect(named('???')).toBe('chat.json');
  expect(named('天气')).toBe('天气.json');
});
