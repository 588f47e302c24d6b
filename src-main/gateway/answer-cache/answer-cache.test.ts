import { describe, expect, test } from 'vitest';
import { MillpondError } from '../../core/error.ts';
import type { ChatInput, InferenceChunk, RawRequest } from '../../core/inference.ts';
import { createFakeClock } from '../../testing/fake-clock.ts';
import { chatRequest } from '../../testing/inference-requests.ts';
import {
  finishChunk,
  saying,
  scriptedHead,
  textChunks,
  usageOf,
} from '../../testing/scripted-backend.ts';
import type { ScriptStep } from '../../testing/scripted-backend.ts';
import type { RequestContext } from '../pipeline/pipeline.ts';
import { cacheHeader, keyCaller, openStage, textOf } from './answer-cache.fixture.ts';
import { answerCache } from './answer-cache.ts';
import { KeptAnswers } from './kept-answers.ts';

function open(script: () => Iterable<ScriptStep> = () => saying('Hello', ' you')) {
  const preferences = { isOn: true, ttlSeconds: 60, maxBytes: 1_000_000 };
  const opened = openStage(
    (clock) => answerCache({ clock, preferences: () => preferences }),
    script,
  );
  return { ...opened, preferences, asked: () => opened.backend.calls.length };
}

const chat = (input: Partial<ChatInput>): Partial<RequestContext> => ({
  request: chatRequest('Hi', { input }),
});

describe('the answer cache', () => {
  test('gives the same answer again as a stream, says so, and asks nobody', async () => {
    const { ask, asked } = open();
    const first = await Array.fromAsync(ask());
    const again = await Array.fromAsync(ask());
    expect(asked()).toBe(1);
    expect(first[0]).toMatchObject({ headers: { 'x-millpond-cache': 'miss' } });
    expect(again[0]).toMatchObject({ headers: { 'x-millpond-cache': 'hit' } });
    const types = (chunks: InferenceChunk[]) => chunks.map(({ type }) => type);
    expect(types(again)).toEqual(types(first));
    expect(again.filter(({ type }) => type === 'text')).toEqual(textChunks('Hello', ' you'));
    expect(again.at(-1)).toMatchObject({ usage: usageOf(2), timings: { decodeMs: 0 } });
  });

  test('is off unless it was turned on, and forgets everything when it is turned off', async () => {
    const { ask, asked, preferences } = open();
    preferences.isOn = false;
    expect(await cacheHeader(ask())).toBeUndefined();
    preferences.isOn = true;
    await textOf(ask());
    preferences.isOn = false;
    await textOf(ask());
    preferences.isOn = true;
    await textOf(ask());
    expect(asked()).toBe(4);
  });

  test.each<[string, Partial<RequestContext>]>([
    ['another person', { caller: keyCaller('k2', { personId: 'q' }) }],
    ['another pool', { caller: keyCaller('k1', { poolId: 'pool' }) }],
    ['a key with another list of models', { caller: keyCaller('k1', { models: ['guide'] }) }],
    [
      'a key that reaches providers',
      { caller: keyCaller('k1', { scope: { pools: [], providers: 'own' } }) },
    ],
    ['other words', { request: chatRequest('Hi!') }],
    ['another model', { request: chatRequest('Hi', { envelope: { model: 'other' } }) }],
    ['more privacy', { request: chatRequest('Hi', { envelope: { privacy: 'any' } }) }],
    ['another limit', chat({ maxTokens: 5 })],
    ['an answer as JSON', chat({ format: { type: 'json-object' } })],
  ])('never answers %s with what somebody else got', async (_what, changed) => {
    const { ask, asked } = open();
    await textOf(ask());
    expect(await cacheHeader(ask(changed))).toBe('miss');
    expect(asked()).toBe(2);
  });

  test.each<[string, Partial<ChatInput>]>([
    ['with a temperature', { sampling: { temperature: 0.7 } }],
    ['with the usual temperature', { sampling: {} }],
    ['with tools', { tools: [{ name: 'look' }] }],
    [
      'with a picture of an address',
      {
        messages: [
          { role: 'user', content: [{ type: 'image', url: 'https://example.com/now.png' }] },
        ],
      },
    ],
  ])('keeps nothing of a question %s', async (_what, input) => {
    const { ask, asked } = open();
    for (let turn = 0; turn < 2; turn += 1) {
      expect(await cacheHeader(ask(chat(input)))).toBeUndefined();
    }
    expect(asked()).toBe(2);
  });

  test('a seed makes an answer repeatable', async () => {
    const { ask, asked } = open();
    const seeded = chat({ sampling: { temperature: 1, seed: 7 } });
    await textOf(ask(seeded));
    expect(await textOf(ask(seeded))).toBe('Hello you');
    expect(asked()).toBe(1);
  });

  test.each<[string, ScriptStep[]]>([
    ['was cut off by its limit', [scriptedHead, ...textChunks('x'), finishChunk(1, 'length')]],
    ['was filtered', [scriptedHead, ...textChunks('x'), finishChunk(1, 'content-filter')]],
    ['broke', [scriptedHead, ...textChunks('x'), new MillpondError('unavailable', 'gone')]],
    [
      'ended well in one choice only',
      [scriptedHead, ...textChunks('x'), finishChunk(1), finishChunk(1, 'length', 1)],
    ],
  ])('keeps no answer that %s', async (_what, steps) => {
    const { ask, asked } = open(() => steps);
    await textOf(ask()).catch(() => undefined);
    await textOf(ask()).catch(() => undefined);
    expect(asked()).toBe(2);
  });

  test('keeps no answer whose reader left before the end', async () => {
    const { ask, asked } = open();
    for await (const chunk of ask()) if (chunk.type === 'text') break;
    expect(await textOf(ask())).toBe('Hello you');
    expect(asked()).toBe(2);
  });

  test('forgets an answer when its time is over', async () => {
    const { ask, asked, clock } = open();
    await textOf(ask());
    await clock.advance(59_999);
    await textOf(ask());
    expect(asked()).toBe(1);
    await clock.advance(1);
    await textOf(ask());
    expect(asked()).toBe(2);
  });

  test('keeps no answer that would take most of the room', async () => {
    const { ask, asked } = open(() => saying('x'.repeat(100_000)));
    await textOf(ask());
    await textOf(ask());
    expect(asked()).toBe(2);
  });
});

describe('what a server wrote in the caller’s own dialect', () => {
  const raw = (body: object): RawRequest => ({
    ...{ dialect: 'openai', method: 'POST', path: '/chat/completions', headers: {}, demands: [] },
    body: Buffer.from(JSON.stringify(body)),
  });
  const asking = (body: object, streamed: boolean): Partial<RequestContext> => ({
    request: { ...chatRequest('Hi'), raw: raw(body) },
    streamed,
  });
  const written = (): ScriptStep[] => [
    scriptedHead,
    { type: 'raw', dialect: 'openai', text: 'data: {}\n\n' },
    finishChunk(1),
  ];

  test('is repeated in the form that it was written in, and in no other', async () => {
    const { ask, asked } = open(written);
    await textOf(ask(asking({ stream: true }, true)));
    expect(await cacheHeader(ask(asking({ stream: true }, true)))).toBe('hit');
    expect(await cacheHeader(ask(asking({}, false)))).toBe('miss');
    expect(asked()).toBe(2);
  });

  test('what our own engines wrote fits a stream and a whole answer', async () => {
    const { ask, asked } = open();
    await textOf(ask(asking({ stream: true, stream_options: { include_usage: true } }, true)));
    expect(await cacheHeader(ask(asking({}, false)))).toBe('hit');
    expect(asked()).toBe(1);
  });

  test('a field that only a provider knows makes another question', async () => {
    const { ask, asked } = open(written);
    await textOf(ask(asking({ verbosity: 'low' }, true)));
    await textOf(ask(asking({ verbosity: 'high' }, true)));
    expect(asked()).toBe(2);
  });
});

describe('kept answers', () => {
  test('take no more room than they may: what was not used for longest goes first', () => {
    const clock = createFakeClock();
    const kept = new KeptAnswers<number>(clock);
    const bounds = { ttlMs: 1000, maxBytes: 100 };
    for (let each = 0; each < 3; each += 1) kept.keep(`k${String(each)}`, each, 30, bounds);
    expect(kept.find('k0', 1000)).toBe(0);
    kept.keep('k3', 3, 30, bounds);
    expect([kept.sizeBytes, kept.count]).toEqual([90, 3]);
    expect(kept.find('k1', 1000)).toBeUndefined();
    expect(kept.find('k0', 1000)).toBe(0);
    kept.keep('k0', 9, 100, bounds);
    expect([kept.sizeBytes, kept.count, kept.find('k0', 1000)]).toEqual([100, 1, 9]);
    kept.keep('big', 1, 101, bounds);
    expect(kept.find('big', 1000)).toBeUndefined();
  });

  test('that are over make room without being asked for', async () => {
    const clock = createFakeClock();
    const kept = new KeptAnswers<number>(clock);
    const bounds = { ttlMs: 1000, maxBytes: 100 };
    kept.keep('old', 1, 30, bounds);
    await clock.advance(1000);
    kept.keep('new', 2, 30, bounds);
    expect(kept.count).toBe(1);
  });
});
