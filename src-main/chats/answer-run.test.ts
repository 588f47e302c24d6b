import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { MillpondError } from '../core/error.ts';
import type { InferenceRequest } from '../core/inference.ts';
import { createFakeClock, type FakeClock } from '../testing/fake-clock.ts';
import {
  createScriptedModels,
  finish,
  head,
  says,
  type Script,
  text,
} from '../testing/open-test-chats.ts';
import { AnswerRun } from './answer-run.ts';
import type { ChatEvent } from './chat-event.ts';
import type { AssistantMessage } from './conversation.ts';
import type { AnswerUpdate } from './ports.ts';

let journalFolder: string;
let clock: FakeClock;
let events: ChatEvent[];
let updates: AnswerUpdate[];
let logged: string[];
let onChunk: () => void;

beforeEach(() => {
  journalFolder = mkdtempSync(join(tmpdir(), 'millpond-'));
  clock = createFakeClock();
  events = [];
  updates = [];
  logged = [];
  onChunk = () => {};
});
afterEach(() => {
  rmSync(journalFolder, { recursive: true, force: true });
});

const answer: AssistantMessage = {
  ...{ id: 'answer', chatId: 'chat', parentId: 'question', createdAt: 1 },
  ...{ role: 'assistant', model: 'guide', parts: [], chunkCount: 0, status: 'waiting' },
};
const request = {} as InferenceRequest; // only handed through

interface RunOptions {
  readonly updateAnswer?: (update: AnswerUpdate) => Promise<void>;
  readonly prepare?: () => Promise<InferenceRequest>;
}

function run(script: Script, options: RunOptions = {}): AnswerRun {
  const note = (_data: object, sentence: string): void => void logged.push(sentence);
  return new AnswerRun(
    {
      models: createScriptedModels(script),
      store: {
        updateAnswer(_id, update) {
          updates.push(update);
          return options.updateAnswer?.(update) ?? Promise.resolve();
        },
      },
      journalFolder,
      clock,
      log: { warn: note, error: note },
      publish(event) {
        events.push(event);
        if (event.topic === 'chats.chunk') onChunk();
      },
    },
    {
      personId: 'person',
      answer,
      prepare: options.prepare ?? (() => Promise.resolve(request)),
    },
  );
}

const full = new MillpondError('storage-full', 'The disk is full.');
const statuses = (): unknown[] =>
  events.flatMap((event) => (event.topic === 'chats.answer' ? [event.data.status] : []));

test('tells waiting, streaming and done in this order around the text', async () => {
  await run(says(text('Hi', 1), finish())).ended;
  expect(events.map(({ topic }) => topic)).toEqual(['chats.answer', 'chats.chunk', 'chats.answer']);
  expect(statuses()).toEqual(['streaming', 'done']);
});

test('a database that is full at the end fails the answer, and the journal keeps its text', async () => {
  await run(says(text('Precious', 1), finish()), { updateAnswer: () => Promise.reject(full) })
    .ended;
  expect(events.at(-1)?.data).toMatchObject({
    status: 'failed',
    error: { code: 'storage-full', message: 'The disk is full.' },
  });
  expect(readdirSync(journalFolder)).toEqual(['answer.journal']);
});

test('a database that is busy or full in the middle does not stop the answer', async () => {
  const script: Script = async function* () {
    yield head;
    for (let token = 0; token < 3; token += 1) {
      yield text(`${token} `, token);
      await clock.sleep(2_000);
    }
    yield finish();
  };
  const updateAnswer = ({ status }: AnswerUpdate): Promise<void> =>
    status === 'streaming' ? Promise.reject(full) : Promise.resolve();
  let seen = 0;
  const threeSeen = new Promise<void>((resolve) => {
    onChunk = () => {
      seen += 1;
      if (seen === 3) resolve();
      else void clock.advance(2_000);
    };
  });
  const answered = run(script, { updateAnswer });
  await threeSeen;
  await clock.advance(2_000);
  await answered.ended;
  expect(updates.map(({ status }) => status)).toEqual(['streaming', 'streaming', 'done']);
  expect(updates.at(-1)?.parts).toEqual([{ type: 'text', text: '0 1 2 ' }]);
  expect(logged).toContain('a running answer was not saved');
  expect(readdirSync(journalFolder)).toEqual([]);
});

test('a request that cannot be made fails the answer', async () => {
  const prepare = () => Promise.reject(new MillpondError('not-found', 'The file is gone.'));
  await run(says(), { prepare }).ended;
  expect(events.at(-1)?.data).toMatchObject({
    status: 'failed',
    error: { message: 'The file is gone.' },
  });
});

test('an unexpected failure says nothing of its words, but is logged', async () => {
  const script: Script = async function* () {
    yield head;
    await Promise.reject(new Error('secret inside'));
  };
  await run(script).ended;
  expect(JSON.stringify(events)).not.toContain('secret');
  expect(logged).toEqual(['an answer failed']);
});

test('words are searchable only when the answer is over', async () => {
  await run(says(text('天气 fine', 1), finish())).ended;
  expect(updates).toHaveLength(1);
  expect(updates[0]?.indexText?.trim().split(/ +/)).toEqual(['天气', '气', 'fine']);
});

test('a slow disk never puts pieces out of order', async () => {
  const words = Array.from({ length: 50 }, (_, index) => text(`${index},`, index));
  onChunk = () => void clock.advance(33);
  await run(says(...words, finish())).ended;
  const indices = events.flatMap((event) =>
    event.topic === 'chats.chunk' ? [event.data.index] : [],
  );
  expect(indices).toEqual(indices.map((_, index) => index));
  expect(updates.at(-1)).toMatchObject({
    parts: [{ type: 'text', text: words.map((_, index) => `${index},`).join('') }],
    tokens: { tokens: words.map((_, index) => index) },
  });
});

test('place in line, load and move are told while they last, and moves stay in the receipt', async () => {
  const moved = { from: 'Attic', to: 'Studio', atToken: 1, pauseMs: 40 };
  const answered = run(async function* () {
    yield { type: 'status', status: { phase: 'queued', position: 2, etaMs: 3000 } };
    yield { type: 'status', status: { phase: 'loading', machine: 'Attic', share: 0.5 } };
    yield head;
    yield text('one ', 1);
    yield { type: 'status', status: { phase: 'moved', ...moved } };
    yield text('two', 2);
    yield finish();
    await Promise.resolve();
  });
  await answered.ended;
  const told = events.flatMap((event) =>
    event.topic === 'chats.answer' ? [[event.data.status, event.data.progress?.phase]] : [],
  );
  expect(told).toEqual([
    ['waiting', 'queued'],
    ['waiting', 'loading'],
    ['streaming', undefined],
    ['streaming', 'moved'],
    ['streaming', undefined],
    ['done', undefined],
  ]);
  const last = answered.snapshot();
  expect(last.receipt).toMatchObject({ machine: 'Studio', moves: [moved] });
  expect(last.progress).toBeUndefined();
  expect(last.parts).toEqual([{ type: 'text', text: 'one two' }]);
});
