import { describe, expect, test } from 'vitest';
import { chatRequest } from '../testing/inference-requests.ts';
import { MillpondError } from './error.ts';
import { cutPieces } from './cut-pieces.ts';
import { withoutQuotes } from './without-quotes.ts';
import { promisedMs } from '../testing/patience.ts';

const said = 'The reservoir key is under the third stone';
const failing = (message: string) =>
  new MillpondError('rate-limited', message, { retryAfterMs: 5, reason: 'quota', param: 'input' });

describe('a failure that somebody else put into words', () => {
  test('loses what it repeats of the question and keeps all else', () => {
    const error = withoutQuotes(failing(`Cannot read “${said}”; ask less`), chatRequest(said));
    expect(error.message).toBe('Cannot read “…”; ask less');
    expect(error.toBody()).toMatchObject({ retryAfterMs: 5, reason: 'quota', param: 'input' });
  });

  test('loses a quote that was cut, and one over several lines', () => {
    const cut = withoutQuotes(failing(`Bad: ${said.slice(0, 20)}…`), chatRequest(said));
    expect(cut.message).toBe('Bad: ……');
    const lines = withoutQuotes(failing(`Bad: ${said}`), chatRequest(said.replaceAll(' ', '\n')));
    expect(lines.message).toBe('Bad: …');
  });

  test('keeps names of models, fields and types that the request says as well', () => {
    const body = Buffer.from(
      JSON.stringify({
        model: 'claude-sonnet-4-5-20250929-thinking',
        parallel_tool_calls: true,
        response_format: { type: 'json_schema' },
      }),
    );
    const raw = { dialect: 'openai', method: 'POST', path: '/', headers: {}, body } as const;
    const sentence =
      "'parallel_tool_calls' and 'json_schema' are not for claude-sonnet-4-5-20250929-thinking";
    const request = { ...chatRequest('Hi'), raw: { ...raw, demands: [] } };
    expect(withoutQuotes(failing(sentence), request).message).toBe(sentence);
  });

  test('pieces of a key that are too short to open anything stay', () => {
    const key = 'sk-abcdefghijklmnopqrstuvwxyz';
    expect(cutPieces(`Wrong key: ${key.slice(0, 14)}`, [key], 12)).toBe('Wrong key: …');
    expect(cutPieces('Wrong key: sk-…wxyz', [key], 12)).toBe('Wrong key: sk-…wxyz');
  });

  test('loses every piece that is long enough, wherever it stands in both', () => {
    const text = Array.from({ length: 60 }, (_, index) =>
      String.fromCodePoint(0x4e00 + index),
    ).join('');
    for (let from = 0; from + 12 <= text.length; from += 1) {
      for (const length of [12, 13, 17]) {
        const piece = text.slice(from, from + length);
        if (piece.length < length) continue;
        expect(cutPieces(`a${piece}b`, ['x'.repeat(from % 7), text], 12)).toBe('a…b');
        expect(cutPieces(`${'-'.repeat(5000)}${piece}b`, [text], 12)).toMatch(/-…b$/);
      }
      const short = text.slice(from, from + 11);
      expect(cutPieces(`a${short}b`, [text], 12)).toBe(`a${short}b`);
    }
  });

  test('does not hold everybody up, however much was asked', () => {
    const picture = `data:image/png;base64,${'iVBORw0KGgo4'.repeat(1_000_000)}`;
    const words = 'the mill stands by the pond and nobody knows '.repeat(200_000);
    const sentence = 'aa '.repeat(90) + 'nobody knows the mill';
    const request = chatRequest(`${picture}\n${words}`);
    const body = Buffer.from(
      JSON.stringify({ url: picture, words, long: 'aa '.repeat(1_000_000) }),
    );
    const raw = { dialect: 'openai', method: 'POST', path: '/', headers: {}, body } as const;
    const before = performance.now();
    const failed = withoutQuotes(failing(sentence), { ...request, raw: { ...raw, demands: [] } });
    expect(failed.message.length).toBeLessThan(30);
    // It took half a minute once; a slow machine is given its time.
    expect(performance.now() - before).toBeLessThan(promisedMs(10_000));
  });
});
