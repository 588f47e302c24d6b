import { describe, expect, test } from 'vitest';
import type { InferenceChunk } from '../../core/inference.ts';
import { judge, stepsByAgreement, stepsByMargin } from './judge.ts';

/** Words with the margin of each, in natural logarithms. */
function answer(...words: readonly (readonly [string, number])[]): InferenceChunk[] {
  return words.map(([text, margin], index) => ({
    ...{ type: 'text', text },
    logprobs: [
      {
        ...{ text, token: index, logprob: -0.1 },
        top: [
          { text, token: index, logprob: -0.1 },
          { text: 'other', token: 9999, logprob: -0.1 - margin },
        ],
      },
    ],
  }));
}

const said = (text: string): InferenceChunk[] => [{ type: 'text', text }];
const clear = 3;
const near = 0.2;

describe('a greedy answer held against a reference', () => {
  const reference = stepsByMargin(
    answer(['a', clear], ['b', clear], ['c', near], ['d', clear], ['e', clear], ['f', clear]),
  );

  test.each([
    ['the same words', 'abcdef', 'match'],
    ['other words where the reference was sure', 'axcdef', 'mismatch'],
    ['other words at once', 'zzz', 'mismatch'],
    ['silence', '', 'mismatch'],
    ['fewer words than the reference is sure of', 'ab', undefined],
    ['another way out of a near tie, too early to tell', 'abX', undefined],
    ['other words at the very end', 'abcdeX', 'mismatch'],
  ])('%s', (_, text, finding) => {
    expect(judge(reference ?? [], said(text))).toBe(finding);
  });

  test('parting at a near tie after enough of the same is a match', () => {
    const steps = stepsByMargin(
      answer(['a', clear], ['b', clear], ['c', clear], ['d', clear], ['e', near], ['f', clear]),
    );
    expect(judge(steps ?? [], said('abcdXYZ'))).toBe('match');
  });

  test('a piece with one unsure token is unsure', () => {
    const logprobs = answer(['a', clear], ['b', near]).flatMap((chunk) =>
      chunk.type === 'text' ? (chunk.logprobs ?? []) : [],
    );
    const steps = stepsByMargin([{ type: 'text', text: 'ab', logprobs }]);
    expect(steps).toEqual([{ text: 'ab', isClear: false }]);
  });
});

describe('a reference without log probabilities', () => {
  test('says so', () => {
    expect(stepsByMargin(said('abc'))).toBeUndefined();
  });

  test('is sure of what a second answer repeats, however that is cut', () => {
    const first = ['a', 'b', 'c', 'd', 'e', 'f'].flatMap(said);
    const steps = stepsByAgreement(first, said('abcde!'));
    expect(steps.map(({ isClear }) => isClear)).toEqual([true, true, true, true, true, false]);
    expect(judge(steps, said('abcdeX'))).toBe('match');
    expect(judge(steps, said('abX'))).toBe('mismatch');
  });
});
