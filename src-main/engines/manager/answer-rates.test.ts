import { describe, expect, test } from 'vitest';
import type { InferenceChunk } from '../../core/inference.ts';
import { AnswerRates } from './answer-rates.ts';

function finish(completionTokens: number, decodeMs: number): InferenceChunk {
  return {
    type: 'finish',
    reason: 'stop',
    usage: { promptTokens: 1, cachedTokens: 0, completionTokens, reasoningTokens: 0 },
    timings: { queuedMs: 0, loadMs: 0, prefillMs: 0, firstTokenMs: 0, decodeMs },
  };
}

function answerAlone(rates: AnswerRates, tokens: number, decodeMs: number): void {
  const watch = rates.begin();
  watch.saw(finish(tokens, decodeMs));
  watch.end();
}

describe('AnswerRates', () => {
  test('measures the tokens after the first', () => {
    const rates = new AnswerRates();
    expect(rates.tokensPerSecond).toBeUndefined();
    answerAlone(rates, 101, 2000);
    expect(rates.tokensPerSecond).toBe(50);
  });

  test('is the median of the newest answers, so that one odd answer changes nothing', () => {
    const rates = new AnswerRates();
    for (const ms of [1000, 1000, 90_000]) answerAlone(rates, 101, ms);
    expect(rates.tokensPerSecond).toBe(100);
    for (let answer = 0; answer < 9; answer += 1) answerAlone(rates, 101, 500);
    expect(rates.tokensPerSecond).toBe(200);
  });

  test('reading is measured by what was not there already, and told with writing only', () => {
    const rates = new AnswerRates();
    const watch = rates.begin();
    const chunk = finish(101, 2000);
    if (chunk.type !== 'finish') throw new Error('no finish');
    watch.saw({
      ...chunk,
      usage: { ...chunk.usage, promptTokens: 500, cachedTokens: 100 },
      timings: { ...chunk.timings, prefillMs: 800 },
    });
    expect(rates.rates).toBeUndefined();
    watch.end();
    expect(rates.rates).toEqual({ prefillPerSecond: 500, decodePerSecond: 50 });
    answerAlone(rates, 101, 2000); // A prompt of one token tells nothing about reading.
    expect(rates.rates?.prefillPerSecond).toBe(500);
  });

  test('answers that overlap tell nothing, whichever began first', () => {
    const rates = new AnswerRates();
    const first = rates.begin();
    const second = rates.begin();
    second.saw(finish(101, 1000));
    expect(second.end()).toBeUndefined();
    first.saw(finish(101, 1000));
    expect(first.end()).toBeUndefined();
    answerAlone(rates, 101, 1000);
    expect(rates.tokensPerSecond).toBe(100);
  });

  test('short answers, several choices and cut ones tell nothing', () => {
    const rates = new AnswerRates();
    answerAlone(rates, 5, 10);
    const choices = rates.begin();
    choices.saw(finish(101, 1000));
    choices.saw(finish(101, 1000));
    expect(choices.end()).toBeUndefined();
    expect(rates.begin().end()).toBeUndefined();
    expect(rates.tokensPerSecond).toBeUndefined();
  });
});
