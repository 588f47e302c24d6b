import type { Token } from 'node-llama-cpp';
import { expect, test } from 'vitest';
import { TokenDecoder } from './token-decoder.ts';

/** Each token is one byte, as in a model whose vocabulary lacks the character. */
const bytes = {
  detokenize: (tokens: readonly Token[]) => Buffer.from(tokens).toString('utf8'),
};

const ids = (text: string): Token[] => Array.from(Buffer.from(text), (byte) => byte as Token);

test('holds the bytes of a character back until it is whole, with their ids', () => {
  const decoder = new TokenDecoder(bytes, []);
  const out = ids('a水').map((token) => decoder.push(token));
  expect(out).toEqual([
    { text: 'a', tokens: ids('a') },
    undefined,
    undefined,
    { text: '水', tokens: ids('水') },
  ]);
});

test('delivers every id once and in order, whatever the text', () => {
  const text = 'né 水🙂 end';
  const decoder = new TokenDecoder(bytes, []);
  const out = [...ids(text).map((token) => decoder.push(token)), decoder.flush()];
  expect(out.map((piece) => piece?.text ?? '').join('')).toBe(text);
  expect(out.flatMap((piece) => piece?.tokens ?? [])).toEqual(ids(text));
});

test('gives up on a character that never becomes whole', () => {
  const decoder = new TokenDecoder(bytes, []);
  const broken = [0xf0, 0xf0, 0xf0, 0xf0].map((byte) => decoder.push(byte as Token));
  expect(broken.slice(0, 3)).toEqual([undefined, undefined, undefined]);
  expect(broken[3]?.tokens).toHaveLength(4);
});

test('delivers an incomplete character at the end of an answer', () => {
  const decoder = new TokenDecoder(bytes, []);
  decoder.push(0xe6 as Token);
  expect(decoder.flush()?.tokens).toEqual([0xe6]);
  expect(decoder.flush()).toBeUndefined();
});

test('shows the tokens before to a detokenizer that needs them', () => {
  const seen: (readonly Token[] | undefined)[] = [];
  const decoder = new TokenDecoder(
    {
      detokenize: (tokens, _special, lastTokens) => {
        seen.push(lastTokens === undefined ? undefined : [...lastTokens]);
        return String(tokens[0]);
      },
    },
    [1, 2, 3] as Token[],
  );
  decoder.push(4 as Token);
  decoder.push(5 as Token);
  expect(seen).toEqual([
    [2, 3],
    [3, 4],
  ]);
});
