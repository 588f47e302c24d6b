import { describe, expect, test } from 'vitest';
import { composerDeed } from './composer-key.ts';
import type { ComposerKey, ComposerSituation } from './composer-key.ts';
import { contextUse } from './context-use.ts';
import { createDrafts } from './drafts.ts';
import { createInputMethodGuard } from './input-method.ts';
import { parsePageRange } from './page-range.ts';
import type { AssistantMessage } from '../types.ts';

const plain = { shiftKey: false, ctrlKey: false, metaKey: false, altKey: false };
const enter: ComposerKey = { key: 'Enter', ...plain };
const written: ComposerSituation = { sendWith: 'enter', isEmpty: false, isComposing: false };

describe('keys in the composer', () => {
  test('Enter sends, Shift+Enter breaks the line', () => {
    expect(composerDeed(enter, written)).toBe('send');
    expect(composerDeed({ ...enter, shiftKey: true }, written)).toBe('none');
    expect(composerDeed({ ...enter, ctrlKey: true }, written)).toBe('newline');
  });

  test('with the other setting Enter breaks the line and Ctrl or Cmd with Enter sends', () => {
    const other: ComposerSituation = { ...written, sendWith: 'ctrl-enter' };
    expect(composerDeed(enter, other)).toBe('none');
    expect(composerDeed({ ...enter, ctrlKey: true }, other)).toBe('send');
    expect(composerDeed({ ...enter, metaKey: true }, other)).toBe('send');
  });

  test('nothing is sent while an input method composes', () => {
    expect(composerDeed(enter, { ...written, isComposing: true })).toBe('none');
    const other: ComposerSituation = { ...written, isComposing: true, sendWith: 'ctrl-enter' };
    expect(composerDeed({ ...enter, ctrlKey: true }, other)).toBe('none');
  });

  test('arrow up edits the last message only in an empty composer', () => {
    const up: ComposerKey = { key: 'ArrowUp', ...plain };
    expect(composerDeed(up, { ...written, isEmpty: true })).toBe('edit-last');
    expect(composerDeed(up, written)).toBe('none');
    expect(composerDeed({ ...up, altKey: true }, { ...written, isEmpty: true })).toBe('none');
  });
});

describe('the input method guard', () => {
  const key = (timeStamp: number, more: { isComposing?: boolean; keyCode?: number } = {}) => ({
    isComposing: false,
    keyCode: 13,
    timeStamp,
    ...more,
  });

  test('keys during a composition belong to the input method', () => {
    const guard = createInputMethodGuard();
    guard.compositionStarted();
    expect(guard.owns(key(1000))).toBe(true);
  });

  test('so does the Enter that arrives just after the composition ended', () => {
    const guard = createInputMethodGuard();
    guard.compositionStarted();
    guard.compositionEnded(1000);
    expect(guard.owns(key(1004))).toBe(true);
    expect(guard.owns(key(1400))).toBe(false);
  });

  test('so does a key the browser marks as processed, without any composition event', () => {
    const guard = createInputMethodGuard();
    expect(guard.owns(key(5, { keyCode: 229 }))).toBe(true);
    expect(guard.owns(key(5, { isComposing: true }))).toBe(true);
    expect(guard.owns(key(5))).toBe(false);
  });
});

describe('drafts', () => {
  function fakeStorage(isFull = false) {
    const entries = new Map<string, string>();
    return {
      entries,
      getItem: (name: string) => entries.get(name) ?? null,
      setItem: (name: string, value: string) => {
        if (isFull) throw new DOMException('full', 'QuotaExceededError');
        entries.set(name, value);
      },
      removeItem: (name: string) => {
        entries.delete(name);
      },
    };
  }

  test('each chat has its own, and a new page finds it again', () => {
    const storage = fakeStorage();
    createDrafts(storage).write('a', 'half a thought');
    const reloaded = createDrafts(storage);
    expect(reloaded.read('a')).toBe('half a thought');
    expect(reloaded.read('b')).toBe('');
  });

  test('a sent draft leaves nothing behind', () => {
    const storage = fakeStorage();
    const drafts = createDrafts(storage);
    drafts.write('a', 'text');
    drafts.write('a', '');
    expect(storage.entries.size).toBe(0);
  });

  test('files survive a reload by their id, and what is not a file is left out', () => {
    const storage = fakeStorage();
    const file = {
      id: '0198f0e2-0000-7000-8000-000000000001',
      name: 'flow.csv',
      mediaType: 'text/csv',
      sizeBytes: 23,
      characters: 23,
      tokens: 9,
      isImage: false,
    };
    createDrafts(storage).writeFiles('a', [file]);
    expect(createDrafts(storage).readFiles('a')).toEqual([file]);
    storage.setItem('millpond.draft-files.b', JSON.stringify([{ name: 'no id' }, file]));
    storage.setItem('millpond.draft-files.c', '[{"id');
    expect(createDrafts(storage).readFiles('b')).toEqual([file]);
    expect(createDrafts(storage).readFiles('c')).toEqual([]);
    createDrafts(storage).writeFiles('a', []);
    expect(storage.entries.has('millpond.draft-files.a')).toBe(false);
  });

  test('a full storage costs the reload, not the text', () => {
    const drafts = createDrafts(fakeStorage(true));
    drafts.write('a', 'text');
    expect(drafts.read('a')).toBe('text');
  });
});

describe('page ranges', () => {
  test.each([
    ['1-3', { isValid: true, text: '1-3', pages: 3 }],
    [' 5, 1 – 3 ', { isValid: true, text: '1-3,5', pages: 4 }],
    ['2、3，7', { isValid: true, text: '2-3,7', pages: 3 }],
    ['1-4,2-5', { isValid: true, text: '1-5', pages: 5 }],
    ['', { isValid: false }],
    ['0-2', { isValid: false }],
    ['8-13', { isValid: false }],
    ['5-2', { isValid: false }],
    ['all', { isValid: false }],
  ])('"%s" of twelve pages', (input, expected) => {
    expect(parsePageRange(input, 12)).toEqual(expected);
  });
});

describe('context use', () => {
  const answered: AssistantMessage = {
    role: 'assistant',
    id: 'a',
    chatId: 'c',
    parentId: 'u',
    createdAt: 0,
    model: 'guide',
    parts: [],
    chunkCount: 0,
    status: 'done',
    receipt: {
      model: 'guide',
      machine: 'here',
      finishReason: 'stop',
      usage: { promptTokens: 800, cachedTokens: 0, completionTokens: 200, reasoningTokens: 0 },
      timings: { queuedMs: 0, loadMs: 0, prefillMs: 1, firstTokenMs: 2, decodeMs: 3 },
    },
  };
  const question = { branch: [answered], attachmentTokens: 0, maxTokens: undefined, limit: 2000 };

  test('counts what was last measured plus what is being written', () => {
    expect(contextUse({ ...question, draftTokens: 100 })).toMatchObject({
      used: 1000,
      next: 100,
      total: 1100,
      level: 'fine',
    });
  });

  test('an answer that failed without figures does not empty the level', () => {
    const { receipt: _receipt, ...bare } = answered;
    const branch = [answered, { ...bare, id: 'b', status: 'failed' as const }];
    expect(contextUse({ ...question, branch, draftTokens: undefined }).used).toBe(1000);
  });

  test('the sill leaves room for the longest answer, at most half of the context', () => {
    expect(contextUse({ ...question, draftTokens: 0 }).sill).toBe(1800);
    expect(contextUse({ ...question, draftTokens: 0, maxTokens: 600 }).sill).toBe(1400);
    expect(contextUse({ ...question, draftTokens: 0, maxTokens: 9000 }).sill).toBe(1000);
  });

  test('says when it gets tight and when it is too much', () => {
    expect(contextUse({ ...question, draftTokens: 801 }).level).toBe('tight');
    expect(contextUse({ ...question, draftTokens: 0, attachmentTokens: 1001 }).level).toBe('over');
  });
});
