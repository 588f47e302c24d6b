import { expect, test } from 'vitest';
import type { InferenceChunk } from '../../core/inference.ts';
import { Chunk } from '../gen/millpond/tunnel/v1/tunnel.ts';
import { chunkBytes, decodeChunk, encodeChunk } from './chunk-codec.ts';

const usage = { promptTokens: 7, cachedTokens: 3, completionTokens: 2, reasoningTokens: 1 };
const timings = { queuedMs: 0, loadMs: 0, prefillMs: 12.5, firstTokenMs: 14, decodeMs: 80 };
const servedBy = { upstream: 'local', machine: 'attic', model: 'guide', digest: 'ab', pool: 'p' };

const chunks: readonly InferenceChunk[] = [
  { type: 'text', text: 'hello 天气 🦆', tokens: [1, 2_000_000], usage, choice: 2 },
  { type: 'text', text: 'no tokens known' },
  { type: 'text', text: 'known to have none', tokens: [] },
  { type: 'text', text: 'half a pair \ud83d', tokens: [5] },
  { type: 'reasoning', text: 'hm', tokens: [9], usage: { ...usage, isEstimated: true } },
  {
    type: 'text',
    text: 'a',
    tokens: [1],
    logprobs: [{ text: 'a', token: 1, logprob: -0.5, top: [{ text: 'b', token: 2, logprob: -1 }] }],
  },
  { type: 'tool-call', index: 0, id: 'c1', name: 'find', argumentsDelta: '{"a":', tokens: [4] },
  { type: 'embedding', index: 1, vector: [0.25, -1e-9] },
  { type: 'scores', scores: [0.5, 0.1] },
  { type: 'status', status: { phase: 'queued', position: 3 } },
  { type: 'status', status: { phase: 'loading', machine: 'attic', share: 0.4, etaMs: 900 } },
  { type: 'head', servedBy, headers: { 'x-a': 'b' } },
  { type: 'finish', reason: 'stop', usage, timings, stopSequence: '\n' },
];

test.each(chunks.map((chunk) => [chunk.type, chunk] as const))(
  'a %s arrives as it was sent',
  (_, chunk) => {
    const bytes = Chunk.encode(encodeChunk(chunk)).finish();
    expect(decodeChunk(Chunk.decode(bytes))).toStrictEqual(chunk);
  },
);

test('a probability of zero survives JSON', () => {
  const never = { text: 'a', token: 1, logprob: -Infinity, top: [] };
  const chunk: InferenceChunk = { type: 'text', text: 'a', logprobs: [never] };
  expect(decodeChunk(encodeChunk(chunk))).toEqual(chunk);
});

test('both sides weigh a chunk the same, and empty ones are not free', () => {
  for (const chunk of chunks) {
    const sent = encodeChunk(chunk);
    expect(chunkBytes(Chunk.decode(Chunk.encode(sent).finish()))).toBe(chunkBytes(sent));
  }
  expect(chunkBytes(encodeChunk({ type: 'text', text: '' }))).toBeGreaterThan(0);
});

const json = (value: unknown): Chunk => ({
  kind: {
    $case: 'json',
    value: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
  },
});

test.each([
  ['no JSON', json('{"type":'), /no JSON/],
  ['an unknown type', json({ type: 'hologram' }), /type/],
  ['a negative count', json({ ...chunks.at(-1), usage: { ...usage, promptTokens: -1 } }), /usage/],
  [
    'a share above one',
    json({ type: 'status', status: { phase: 'loading', machine: 'a', share: 2 } }),
    /share/,
  ],
  ['tokens that are none', json({ type: 'text', text: 'a', tokens: ['x'] }), /tokens/],
  ['an unknown kind', { kind: undefined }, /does not know/],
  [
    'a token id out of range',
    {
      kind: {
        $case: 'text',
        value: { text: 'a', tokens: [2 ** 32 - 1], usage: undefined, choice: 0 },
      },
    } as const,
    /token/,
  ],
])('a chunk with %s is refused and named', (_, chunk, sentence) => {
  let failure: unknown;
  try {
    decodeChunk(chunk);
  } catch (error) {
    failure = error;
  }
  expect(failure).toMatchObject({ code: 'unavailable', reason: 'protocol' });
  expect(String(failure)).toMatch(sentence);
});

test('fields of a newer version are passed over', () => {
  const chunk = decodeChunk(json({ type: 'scores', scores: [1], colour: 'blue' }));
  expect(chunk).toEqual({ type: 'scores', scores: [1] });
});
