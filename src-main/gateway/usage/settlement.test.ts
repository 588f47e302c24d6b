import { describe, expect, test } from 'vitest';
import type { RequestRecord } from '../../contract/activity.ts';
import type { PricedAnswer } from './ports.ts';
import { createSettlement } from './settlement.ts';

const usage = { promptTokens: 10, cachedTokens: 0, completionTokens: 5, reasoningTokens: 0 };

function record(change: Partial<RequestRecord> = {}): RequestRecord {
  return {
    ...{ id: 'r1', startedAt: 0, caller: 'laptop', client: 'curl', task: 'chat', path: '/v1' },
    ...{ model: 'opus', alias: 'clever', streamed: true, state: 'done', usage },
    ...{ upstream: 'p1', provider: 'Work' },
    ...change,
  };
}

function setUp(earned = 0) {
  const asked: PricedAnswer[] = [];
  const settle = createSettlement({
    prices: {
      costMicros: (answer) => {
        asked.push(answer);
        return answer.model === 'secret' ? { isPriced: false } : { isPriced: true, micros: 7 };
      },
    },
    credit: () => earned,
  });
  return { settle, asked };
}

describe('E22: a request that ended', () => {
  test('E22: is charged for the model behind the alias, by the provider that answered', () => {
    const { settle, asked } = setUp();
    expect(settle(record())).toEqual({ costMicros: 7 });
    expect(asked).toEqual([{ model: 'opus', provider: 'Work', usage }]);
  });

  test('E22: of a model without a price is flagged and never free', () => {
    const { settle } = setUp();
    expect(settle(record({ model: 'secret' }))).toEqual({ isUnpriced: true });
  });

  test('that was left by its caller pays for what was seen until then', () => {
    const { settle } = setUp();
    expect(settle(record({ state: 'cancelled' }))).toEqual({ costMicros: 7 });
  });

  test('that nobody answered costs nothing, and neither does one from the cache', () => {
    const { settle, asked } = setUp();
    const { upstream: _upstream, ...unanswered } = record({ state: 'failed' });
    expect(settle(unanswered)).toEqual({ costMicros: 0 });
    expect(settle(record({ isCached: true }))).toEqual({ costMicros: 0 });
    expect(asked).toEqual([]);
  });

  test('without usage is unpriced where a provider gave a whole answer, and free elsewhere', () => {
    const { settle } = setUp();
    const { usage: _usage, ...unmeasured } = record();
    expect(settle(unmeasured)).toEqual({ isUnpriced: true });
    expect(settle({ ...unmeasured, state: 'failed' })).toEqual({ costMicros: 0 });
    const { provider: _provider, ...own } = unmeasured;
    expect(settle(own)).toEqual({ costMicros: 0 });
  });

  test('credits the owner of the machine', () => {
    expect(setUp(3).settle(record())).toEqual({ costMicros: 7, creditMicros: 3 });
  });
});
