import { describe, expect, test } from 'vitest';
import { chatRequest } from '../testing/inference-requests.ts';
import { MillpondError } from './error.ts';
import { cutPieces, withoutQuotes } from './without-quotes.ts';

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
});
