import { describe, expect, test } from 'vitest';
import { announcementBetween } from './announcement.ts';
import type { AnswerMoment } from './announcement.ts';
import { receiptFigures, stopReasonOf } from './receipt-figures.ts';
import { countWords, textOf } from '../state/parts.ts';
import type { Receipt } from '../types.ts';

function moment(status: AnswerMoment['status'], id = 'a'): AnswerMoment {
  return { id, status, words: () => 214, errorMessage: 'The engine stopped.' };
}

describe('spoken status', () => {
  test('a stream of any length makes two announcements', () => {
    const moments = [
      moment('waiting'),
      ...Array.from({ length: 500 }, () => moment('streaming')),
      moment('done'),
      moment('done'),
    ];
    const spoken = moments.flatMap(
      (now, index) => announcementBetween(moments[index - 1], now) ?? [],
    );
    expect(spoken).toEqual([{ kind: 'answering' }, { kind: 'done', words: 214 }]);
  });

  test('a failure is said with its reason, a stop as a stop', () => {
    expect(announcementBetween(moment('waiting'), moment('failed'))).toEqual({
      kind: 'failed',
      reason: 'The engine stopped.',
    });
    expect(announcementBetween(moment('streaming'), moment('stopped'))?.kind).toBe('stopped');
    expect(announcementBetween(moment('streaming'), moment('interrupted'))?.kind).toBe(
      'interrupted',
    );
  });

  test('opening an old chat is silent', () => {
    expect(announcementBetween(undefined, moment('done'))).toBeUndefined();
    expect(announcementBetween(moment('streaming', 'b'), moment('failed'))).toBeUndefined();
  });
});

describe('receipt figures', () => {
  const receipt: Receipt = {
    model: 'guide',
    machine: 'attic',
    finishReason: 'stop',
    usage: { promptTokens: 300, cachedTokens: 256, completionTokens: 101, reasoningTokens: 0 },
    timings: { queuedMs: 5, loadMs: 0, prefillMs: 40, firstTokenMs: 50, decodeMs: 2000 },
  };

  test('speed counts the tokens that decoding made, without the first', () => {
    expect(receiptFigures(receipt)).toMatchObject({ tokensPerSecond: 50, firstTokenMs: 50 });
  });

  test('an answer of one token has no speed, one of none no first token', () => {
    const one = { ...receipt, usage: { ...receipt.usage, completionTokens: 1 } };
    expect(receiptFigures(one).tokensPerSecond).toBeUndefined();
    const none = { ...receipt, usage: { ...receipt.usage, completionTokens: 0 } };
    expect(receiptFigures(none).firstTokenMs).toBeUndefined();
  });

  test('a reason from elsewhere is not mistaken for a known one', () => {
    expect(stopReasonOf('length')).toBe('length');
    expect(stopReasonOf('load-shed')).toBe('other');
  });
});

describe('text of an answer', () => {
  test('leaves out thoughts and tool calls', () => {
    expect(
      textOf([
        { type: 'reasoning', text: 'hm' },
        { type: 'text', text: 'One.' },
        { type: 'tool-call', id: '1', name: 'read', arguments: '{}' },
        { type: 'text', text: 'Two.' },
      ]),
    ).toBe('One.\n\nTwo.');
  });

  test('words are counted in Chinese too', () => {
    expect(countWords('The pump stopped.', 'en')).toBe(3);
    expect(countWords('今天天气很好', 'zh-CN')).toBeGreaterThan(1);
  });
});
