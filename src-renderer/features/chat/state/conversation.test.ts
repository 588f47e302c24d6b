import { describe, expect, test } from 'vitest';
import {
  addChunks,
  addMessage,
  changeAnswer,
  moveToLeaf,
  openConversation,
  refreshConversation,
  runningAnswer,
  visibleBranch,
} from './conversation.ts';
import type { Conversation } from './conversation.ts';
import { textOf } from './parts.ts';
import { newestLeafBelow, placesOf, siblingsOf } from './tree.ts';
import type { AssistantMessage, Chat, Message, UserMessage } from '../types.ts';

function chatWith(leafId: string | null): Chat {
  return {
    id: 'chat',
    title: 'Pumps',
    pinned: false,
    createdAt: 0,
    updatedAt: 0,
    systemPrompt: '',
    parameters: {},
    leafId,
  };
}

function user(id: string, parentId: string | null, createdAt: number): UserMessage {
  return { role: 'user', id, chatId: 'chat', parentId, createdAt, text: id, attachments: [] };
}

function answer(
  id: string,
  parentId: string,
  createdAt: number,
  more: Partial<AssistantMessage> = {},
): AssistantMessage {
  return {
    role: 'assistant',
    id,
    chatId: 'chat',
    parentId,
    createdAt,
    model: 'guide',
    parts: [],
    chunkCount: 0,
    status: 'done',
    ...more,
  };
}

/** u1 ─ a1 ─ u2 ─ a2, with a1 answered twice (a1b) and u2 edited once (u2b ─ a2b). */
const tree: readonly Message[] = [
  user('u1', null, 1),
  answer('a1', 'u1', 2),
  answer('a1b', 'u1', 3),
  user('u2', 'a1', 4),
  answer('a2', 'u2', 5),
  user('u2b', 'a1', 6),
  answer('a2b', 'u2b', 7),
];

function idsOnScreen(conversation: Conversation): readonly string[] {
  return visibleBranch(conversation).map((message) => message.id);
}

describe('branches', () => {
  test('the branch on screen runs from the root to the chosen leaf', () => {
    expect(idsOnScreen(openConversation(chatWith('a2'), tree))).toEqual(['u1', 'a1', 'u2', 'a2']);
  });

  test('a leaf that does not exist gives way to the newest branch', () => {
    expect(idsOnScreen(openConversation(chatWith('gone'), tree))).toEqual(['u1', 'a1b']);
  });

  test('an empty chat shows nothing', () => {
    expect(idsOnScreen(openConversation(chatWith(null), []))).toEqual([]);
  });

  test('siblings are counted oldest first, alike for one message and for a whole branch', () => {
    const { messages } = openConversation(chatWith('a2b'), tree);
    const branch = visibleBranch(openConversation(chatWith('a2b'), tree));
    const places = placesOf(messages, branch);
    for (const message of branch) {
      expect(places.get(message.id)).toEqual(siblingsOf(messages, message));
    }
    expect(places.get('u2b')).toEqual({ index: 1, ids: ['u2', 'u2b'] });
  });

  test('switching to a sibling lands on the newest leaf below it', () => {
    const { messages } = openConversation(chatWith('a2'), tree);
    expect(newestLeafBelow(messages, 'a1')).toBe('a2b');
    expect(newestLeafBelow(messages, 'a1b')).toBe('a1b');
  });

  test('a circle in the data ends the walk instead of hanging the page', () => {
    const circle = [user('x', 'y', 1), answer('y', 'x', 2)];
    expect(idsOnScreen(openConversation(chatWith('y'), circle))).toEqual(['x', 'y']);
  });
});

describe('news about messages', () => {
  test('a message that continues the branch on screen is followed', () => {
    const open = openConversation(chatWith('a2'), tree);
    const next = addMessage(open, user('u3', 'a2', 8));
    expect(idsOnScreen(addMessage(next, answer('a3', 'u3', 9)))).toEqual([
      'u1',
      'a1',
      'u2',
      'a2',
      'u3',
      'a3',
    ]);
  });

  test('a new branch made elsewhere does not pull the reader away', () => {
    const open = openConversation(chatWith('a2'), tree);
    expect(addMessage(open, answer('a1c', 'u1', 8)).leafId).toBe('a2');
  });

  test('the wanted leaf is shown when its message arrives after the call has answered', () => {
    const waiting = moveToLeaf(openConversation(chatWith('a2'), tree), 'a1c');
    expect(waiting.leafId).toBe('a2');
    expect(addMessage(waiting, answer('a1c', 'u1', 8)).leafId).toBe('a1c');
  });

  test('an old copy of an answer does not overwrite a newer one', () => {
    const running = answer('a3', 'u2', 8, { chunkCount: 4, status: 'streaming' });
    const open = addMessage(openConversation(chatWith('a2'), tree), running);
    expect(addMessage(open, answer('a3', 'u2', 8)).messages['a3']).toBe(running);
  });
});

describe('streamed chunks', () => {
  const start = openConversation(chatWith('a'), [
    user('u', null, 1),
    answer('a', 'u', 2, {
      status: 'waiting',
      chunkCount: 1,
      parts: [{ type: 'text', text: 'The ' }],
    }),
  ]);
  const piece = (index: number, text: string) => ({
    answerId: 'a',
    index,
    parts: [{ type: 'text' as const, text }],
  });
  const said = (conversation: Conversation) => textOf(answerOf(conversation, 'a').parts);

  test('chunks already folded into the message are skipped, later ones appended', () => {
    const next = addChunks(start, [piece(0, 'The '), piece(1, 'pump '), piece(2, 'stopped')]);
    expect(said(next)).toBe('The pump stopped');
    expect(answerOf(next, 'a')).toMatchObject({ chunkCount: 3, status: 'streaming' });
    expect(next.hasGap).toBe(false);
  });

  test('the same chunk twice counts once', () => {
    const once = addChunks(start, [piece(1, 'pump')]);
    expect(said(addChunks(once, [piece(1, 'pump')]))).toBe('The pump');
  });

  test('a missing chunk is a gap, not scrambled text', () => {
    const next = addChunks(start, [piece(2, 'stopped')]);
    expect(said(next)).toBe('The');
    expect(next.hasGap).toBe(true);
  });

  test('a chunk for an unknown answer asks for the chat again', () => {
    expect(addChunks(start, [{ answerId: 'other', index: 0, parts: [] }]).hasGap).toBe(true);
  });

  test('thoughts, calls and text become parts in order of time', () => {
    const next = addChunks(start, [
      { answerId: 'a', index: 1, parts: [{ type: 'reasoning', text: 'Hm' }] },
      { answerId: 'a', index: 2, parts: [{ type: 'reasoning', text: 'm.', durationMs: 40 }] },
      {
        answerId: 'a',
        index: 3,
        parts: [
          { type: 'tool-call', id: '1', name: 'read', arguments: '{"a"' },
          { type: 'tool-call', id: '1', name: '', arguments: ':1}' },
          { type: 'tool-call', id: '2', name: 'read', arguments: '{}' },
        ],
      },
    ]);
    expect(answerOf(next, 'a').parts.slice(1)).toEqual([
      { type: 'reasoning', text: 'Hmm.', durationMs: 40 },
      { type: 'tool-call', id: '1', name: 'read', arguments: '{"a":1}' },
      { type: 'tool-call', id: '2', name: 'read', arguments: '{}' },
    ]);
  });

  test('a fetch that was overtaken by chunks does not take text back', () => {
    const ahead = addChunks(start, [piece(1, 'pump '), piece(2, 'stopped')]);
    const refreshed = refreshConversation(ahead, fetched(start, Object.values(start.messages)));
    expect(said(refreshed)).toBe('The pump stopped');
  });

  test('a finished copy wins over chunks of a run that was lost', () => {
    const ahead = addChunks(start, [piece(1, 'pump '), piece(2, 'stopped')]);
    const interrupted = answer('a', 'u', 2, { status: 'interrupted', chunkCount: 2 });
    const refreshed = refreshConversation(ahead, fetched(start, [user('u', null, 1), interrupted]));
    expect(answerOf(refreshed, 'a').status).toBe('interrupted');
    expect(runningAnswer(refreshed)).toBeUndefined();
  });

  test('an answer that ended while the chat was fetched stays ended', () => {
    const streaming = addChunks(start, [piece(1, 'pump')]);
    const done = changeAnswer(streaming, { answerId: 'a', status: 'done' });
    const refreshed = refreshConversation(done, fetched(start, Object.values(streaming.messages)));
    expect(answerOf(refreshed, 'a').status).toBe('done');
    expect(runningAnswer(refreshed)).toBeUndefined();
  });

  test('an answer that goes on again, unheard of here, is shown as running', () => {
    const stopped = changeAnswer(start, { answerId: 'a', status: 'stopped' });
    const again = Object.values(
      changeAnswer(stopped, { answerId: 'a', status: 'waiting' }).messages,
    );
    const refreshed = refreshConversation(stopped, fetched(stopped, again));
    expect(runningAnswer(refreshed)?.id).toBe('a');
  });

  test('a change of status keeps the text and forgets the old error', () => {
    const failed = changeAnswer(start, {
      answerId: 'a',
      status: 'failed',
      error: { code: 'engine-crashed', message: 'gone' },
    });
    expect(answerOf(failed, 'a').error?.code).toBe('engine-crashed');
    const again = changeAnswer(failed, { answerId: 'a', status: 'streaming' });
    expect(answerOf(again, 'a').error).toBeUndefined();
    expect(said(again)).toBe('The');
    expect(runningAnswer(again)?.id).toBe('a');
  });
});

/** The chat as it is told when asked while `before` was known. */
function fetched(before: Conversation, list: readonly Message[]) {
  return { chat: before.chat, list, knownBefore: before.messages };
}

function answerOf(conversation: Conversation, id: string): AssistantMessage {
  const message = conversation.messages[id];
  if (message?.role !== 'assistant') throw new Error(`no answer ${id}`);
  return message;
}
