import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createAttachmentStore } from '../storage/attachment-store.ts';
import { SqlChatStore } from '../storage/chat-store.ts';
import { openDatabase } from '../storage/open-database.ts';
import { ensureOwner } from '../storage/person-store.ts';
import { createPresetStore } from '../storage/preset-store.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import { databaseWorkerFile } from '../testing/open-test-database.ts';
import {
  createScriptedModels,
  isOver,
  openTestChats,
  saysThenHangs,
  testDigest,
  text,
} from '../testing/open-test-chats.ts';
import { AnswerJournal, foldJournal, listJournals, readJournal } from './answer-journal.ts';
import { textOf } from './answer-parts.ts';
import { createChats } from './create-chats.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millpond-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

interface Shown {
  readonly chatId: string;
  readonly answerId: string;
  readonly index: number;
  readonly parts: { readonly type: 'text'; readonly text: string }[];
}

/** Runs the fixture until it has shown so many pieces, then kills it the hard way. */
async function killAfter(pieces: number): Promise<readonly Shown[]> {
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL('./kill-child.fixture.ts', import.meta.url)), folder],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const shown: Shown[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    shown.push(JSON.parse(line) as Shown);
    if (shown.length === pieces) child.kill('SIGKILL');
  }
  if (child.signalCode === null && child.exitCode === null) await once(child, 'exit');
  expect(child.signalCode).toBe('SIGKILL');
  return shown;
}

/** Starts the program again over the same folder. */
async function restart() {
  const database = await openDatabase({
    file: join(folder, 'millpond.db'),
    workerFile: databaseWorkerFile,
  });
  const owner = await ensureOwner(database, 0);
  const store = new SqlChatStore(database);
  const ignore = (): void => {};
  const chats = createChats({
    store,
    attachments: createAttachmentStore(database),
    presets: createPresetStore(database),
    models: createScriptedModels(),
    extractor: { extract: () => Promise.reject(new Error('not used')) },
    journalFolder: join(folder, 'journal'),
    clock: createFakeClock(),
    log: { warn: ignore, error: ignore },
    publish: ignore,
  });
  await chats.start();
  return { database, store, ownerId: owner.id, ...chats };
}

describe('a program killed while it answers', () => {
  // 3 pieces are only in the journal; 80 reach past the first fold into the database (2 s).
  test.each([3, 80])(
    'has every piece it had shown after a restart (killed after %i)',
    async (pieces) => {
      const shown = await killAfter(pieces);
      const [first] = shown;
      if (first === undefined) throw new Error('nothing was shown');
      const again = await restart();
      const { messages } = await again.chats.get(again.ownerId, first.chatId);
      const answer = messages.find(({ id }) => id === first.answerId);
      if (answer?.role !== 'assistant') throw new Error('the answer is gone');
      const shownText = textOf(shown.flatMap(({ parts }) => parts));
      const keptText = textOf(answer.parts);
      expect(keptText.startsWith(shownText)).toBe(true);
      expect(answer.status).toBe('interrupted');
      const words = keptText.trim().split(' ');
      expect(words).toEqual(words.map((_, index) => `word${index}`));
      expect((await again.store.answerTokens(first.answerId))?.tokens).toEqual(
        words.map((_, index) => index),
      );
      expect(readdirSync(join(folder, 'journal'))).toEqual([]);
      const integrity = await again.database
        .selectFrom('messages')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow();
      expect(integrity.count).toBe(2);
      expect(await again.chats.list(again.ownerId, 'word2')).toHaveLength(1);
      await again.close();
      await again.database.destroy();
    },
  );
});

describe('the journal', () => {
  const part = (words: string) => [{ type: 'text' as const, text: words }];

  test('a line torn by the end of the process ends it', async () => {
    const journal = await AnswerJournal.create(folder, 'a', testDigest);
    await journal.append({ index: 0, parts: part('one '), tokens: [1] });
    await journal.append({ index: 1, parts: part('two '), tokens: [2] });
    await journal.close();
    appendFileSync(join(folder, 'a.journal'), '{"index":2,"parts":[{"type":"te');
    expect(await listJournals(folder)).toEqual(['a']);
    expect((await readJournal(folder, 'a'))?.entries).toHaveLength(2);
  });

  test('a file of rubbish holds nothing, and a missing one is no journal', async () => {
    writeFileSync(join(folder, 'b.journal'), '\u0000\u0001\n{}\n[]\n');
    expect(await readJournal(folder, 'b')).toEqual({ digest: undefined, entries: [] });
    expect(await readJournal(folder, 'c')).toBeUndefined();
  });

  test('only what the database lacks is added', () => {
    const entries = [0, 1, 2].map((index) => ({
      index,
      parts: part(`${index} `),
      tokens: [index],
    }));
    const stored = {
      parts: part('0 1 '),
      chunkCount: 2,
      tokens: { digest: testDigest, tokens: [0, 1] },
    };
    expect(foldJournal(stored, { digest: testDigest, entries })).toEqual({
      parts: part('0 1 2 '),
      chunkCount: 3,
      tokens: { digest: testDigest, tokens: [0, 1, 2] },
    });
  });

  test('tokens are dropped once one was missing or the model was another', () => {
    const entries = [{ index: 0, parts: part('x') }];
    const empty = { parts: [], chunkCount: 0, tokens: undefined };
    expect(foldJournal(empty, { digest: testDigest, entries }).tokens).toBeUndefined();
    const withTokens = [{ index: 1, parts: part('x'), tokens: [1] }];
    const stored = { parts: part('y'), chunkCount: 1, tokens: { digest: 'other', tokens: [9] } };
    expect(foldJournal(stored, { digest: testDigest, entries: withTokens }).tokens).toBeUndefined();
  });

  test('an entry is on disk before its event is published', async () => {
    await using chats = await openTestChats(saysThenHangs(text('one ', 1), text('two', 2)));
    const { id } = await chats.chats.create(chats.ownerId, {});
    const { answerId } = await chats.turns.send(chats.ownerId, id, {
      parentId: null,
      text: 'Go',
      attachmentIds: [],
      model: 'guide',
    });
    await chats.until((event) => event.topic === 'chats.chunk');
    const journal = await readJournal(chats.journalFolder, answerId);
    expect(journal).toMatchObject({
      digest: testDigest,
      entries: [{ index: 0, parts: [{ type: 'text', text: 'one ' }], tokens: [1] }],
    });
  });

  test('an answer whose journal cannot be written fails with one sentence', async () => {
    await using chats = await openTestChats(saysThenHangs(text('one', 1)));
    mkdirSync(chats.journalFolder, { recursive: true });
    const { id } = await chats.chats.create(chats.ownerId, {});
    rmSync(chats.journalFolder, { recursive: true });
    writeFileSync(chats.journalFolder, 'a file where the folder should be');
    const { answerId } = await chats.turns.send(chats.ownerId, id, {
      parentId: null,
      text: 'Go',
      attachmentIds: [],
      model: 'guide',
    });
    const over = await chats.until(isOver(answerId));
    expect(over.data).toMatchObject({
      status: 'failed',
      error: { message: expect.stringContaining('keep the answer in') as string },
    });
    expect(chats.events.some((event) => event.topic === 'chats.chunk')).toBe(false);
  });
});
