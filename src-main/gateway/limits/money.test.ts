import { describe, expect, test } from 'vitest';
import {
  createScriptedBackend,
  finishChunk,
  scriptedHead,
  textChunks,
} from '../../testing/scripted-backend.ts';
import {
  boundedRequest,
  check,
  keySubject,
  openLimits,
  outcomeOf,
  says,
  usedOf,
} from './limits.fixture.ts';

describe('money', () => {
  test('is reserved at the dearest price and settled by who answered', async () => {
    const open = await openLimits({
      key: { spendMicrosPerDay: 100_000 },
      prices: {
        estimateMicros: (_candidates, prompt, answer) => (prompt + answer) * 1000,
        costMicros: ({ model, usage }) =>
          model === 'guide'
            ? { isPriced: true, micros: usage.completionTokens * 10 }
            : { isPriced: false },
      },
    });
    const backend = createScriptedBackend(() => [
      scriptedHead,
      () =>
        check(() => {
          expect(usedOf(open, 'spendMicrosPerDay')).toBe(29_000);
        }),
      ...textChunks('a', 'b'),
      finishChunk(2),
    ]);
    await outcomeOf(open.ask(backend));
    expect(usedOf(open, 'spendMicrosPerDay')).toBe(20);
  });

  test('that is used up refuses what costs, and nothing else', async () => {
    let price = 1000;
    const { ask } = await openLimits({
      key: { spendMicrosPerDay: 0 },
      prices: {
        estimateMicros: (_candidates, prompt, answer) => (prompt + answer) * price,
        costMicros: () => ({ isPriced: true, micros: 0 }),
      },
    });
    expect((await outcomeOf(ask(says('a')))).error).toMatchObject({ reason: 'insufficient_quota' });
    price = 0;
    expect((await outcomeOf(ask(says('a')))).error).toBeUndefined();
  });

  test('and tokens are told of once when four fifths are used', async () => {
    const open = await openLimits({ key: { tokensPerDay: 100 } });
    const { ask, notices, stores, clock } = open;
    for (let n = 0; n < 7; n += 1) await outcomeOf(ask(says('a', 'b', 'c')));
    await clock.advance(0);
    expect(notices).toEqual([]);
    await outcomeOf(ask(says('a', 'b', 'c')));
    await clock.advance(0);
    expect(notices).toMatchObject([
      { subject: keySubject, limit: 'tokensPerDay', allowed: 100, used: 80 },
    ]);
    await open.limits.close();
    const next = await openLimits({ key: { tokensPerDay: 100 }, stores, clock });
    await outcomeOf(next.ask(says('a'), { request: boundedRequest(5) }));
    await clock.advance(0);
    expect([...notices, ...next.notices]).toHaveLength(1);
  });
});
