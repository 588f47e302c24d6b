import { describe, expect, test } from 'vitest';
import { MillpondError } from '../../core/error.ts';
import type { InferenceChunk, RawChunk } from '../../core/inference.ts';
import { chatRequest } from '../../testing/inference-requests.ts';
import {
  createScriptedBackend,
  finishChunk,
  saying,
  scriptedHead,
  textChunks,
} from '../../testing/scripted-backend.ts';
import {
  boundedRequest,
  check,
  keyCaller,
  openLimits,
  outcomeOf,
  says,
  usedOf,
} from './limits.fixture.ts';

async function leaveAfter(chunks: AsyncIterable<InferenceChunk>, type: string, count: number) {
  let seen = 0;
  for await (const chunk of chunks) {
    if (chunk.type === type) seen += 1;
    if (seen === count) return;
  }
}

describe('an answer', () => {
  test('is reserved by estimate and settled by what it used', async () => {
    const open = await openLimits({ key: { tokensPerMinute: 1000, tokensPerDay: 1000 } });
    const backend = createScriptedBackend(() => [
      scriptedHead,
      () =>
        check(() => {
          expect(usedOf(open, 'tokensPerMinute')).toBe(29);
        }),
      () =>
        check(() => {
          expect(usedOf(open, 'tokensPerDay')).toBe(29);
        }),
      ...textChunks('a', 'b'),
      finishChunk(2),
    ]);
    expect((await outcomeOf(open.ask(backend))).error).toBeUndefined();
    expect(usedOf(open, 'tokensPerMinute')).toBe(9);
    expect(usedOf(open, 'tokensPerDay')).toBe(9);
  });

  test('tells in its head what is left, and nothing where no rate is limited', async () => {
    const { ask, source } = await openLimits({
      key: { requestsPerMinute: 5, tokensPerMinute: 1000 },
    });
    const headOf = async () =>
      (await outcomeOf(ask(says('a')))).chunks.find((chunk) => chunk.type === 'head')?.limits;
    expect(await headOf()).toEqual({
      'x-ratelimit-limit-requests': '5',
      'x-ratelimit-remaining-requests': '4',
      'x-ratelimit-reset-requests': '1m0s',
      'x-ratelimit-limit-tokens': '1000',
      'x-ratelimit-remaining-tokens': '971',
      'x-ratelimit-reset-tokens': '1m0s',
    });
    source.key = { concurrentRequests: 3 };
    expect(await headOf()).toEqual({});
    source.key = {};
    expect(await headOf()).toBeUndefined();
  });

  test('of a caller of Anthropic tells it in their words too', async () => {
    const { ask } = await openLimits({ key: { requestsPerMinute: 5 } });
    const request = {
      ...boundedRequest(),
      raw: {
        dialect: 'anthropic' as const,
        ...{ method: 'POST', path: '/messages', headers: {}, body: new Uint8Array(), demands: [] },
      },
    };
    const { chunks } = await outcomeOf(ask(says('a'), { request }));
    expect(chunks[0]).toMatchObject({
      limits: {
        'anthropic-ratelimit-requests-limit': '5',
        'anthropic-ratelimit-requests-remaining': '4',
        'anthropic-ratelimit-requests-reset': '2023-11-14T22:14:20Z',
      },
    });
  });

  test('that outgrows its reservation is counted while it runs', async () => {
    const open = await openLimits({ key: { tokensPerMinute: 1000, tokensPerDay: 1000 } });
    const backend = createScriptedBackend(() => [
      scriptedHead,
      { type: 'text', text: 'x', usage: { ...finishChunk(600).usage } },
      () =>
        check(() => {
          expect(usedOf(open, 'tokensPerMinute')).toBeGreaterThanOrEqual(607);
        }),
      () =>
        check(() => {
          expect(usedOf(open, 'tokensPerDay')).toBeGreaterThanOrEqual(607);
        }),
      finishChunk(600),
    ]);
    expect((await outcomeOf(open.ask(backend))).error).toBeUndefined();
    expect(usedOf(open, 'tokensPerMinute')).toBe(607);
    expect(usedOf(open, 'tokensPerDay')).toBe(607);
  });
});

describe('whoever leaves early', () => {
  test('pays for the prompt and for what was written', async () => {
    const open = await openLimits({
      key: { tokensPerMinute: 1000, tokensPerDay: 1000, spendMicrosPerDay: 1_000_000 },
    });
    await leaveAfter(open.ask(says('a', 'b', 'c', 'd')), 'text', 3);
    expect(usedOf(open, 'tokensPerMinute')).toBe(10);
    expect(usedOf(open, 'tokensPerDay')).toBe(10);
    expect(usedOf(open, 'spendMicrosPerDay')).toBe(10_000);
  });

  test('pays also where nobody counts: prompt and pieces are estimated', async () => {
    const open = await openLimits({ key: { tokensPerDay: 1000 } });
    const raw = (text: string): RawChunk => ({ type: 'raw', dialect: 'openai', text });
    const events = 'data: {"a":1}\n\ndata: {"b":2}\n\n';
    const backend = createScriptedBackend(() => [
      scriptedHead,
      raw(events),
      raw(events),
      raw(events),
    ]);
    await leaveAfter(open.ask(backend), 'raw', 2);
    expect(usedOf(open, 'tokensPerDay')).toBe(7 + 4);
  });

  test('pays for the raw answer that its server has counted so far', async () => {
    const open = await openLimits({ key: { tokensPerDay: 1000 } });
    const usage = { promptTokens: 90, cachedTokens: 0, completionTokens: 3, reasoningTokens: 0 };
    const backend = createScriptedBackend(() => [
      scriptedHead,
      { type: 'raw', dialect: 'anthropic', text: 'event: x\ndata: {}\n\n', usage },
      { type: 'raw', dialect: 'anthropic', text: 'event: x\ndata: {}\n\n' },
      finishChunk(900),
    ]);
    await leaveAfter(open.ask(backend), 'raw', 2);
    expect(usedOf(open, 'tokensPerDay')).toBe(93);
  });

  test('pays for the prompt that was being read', async () => {
    const open = await openLimits({ key: { requestsPerMinute: 5, tokensPerDay: 1000 } });
    const gone = new MillpondError('cancelled', 'The caller left');
    await outcomeOf(open.ask(createScriptedBackend(() => [gone])));
    expect(usedOf(open, 'tokensPerDay')).toBe(7);
    expect(usedOf(open, 'requestsPerMinute')).toBe(1);
  });

  test('pays nothing while still in line', async () => {
    const open = await openLimits({ key: { requestsPerMinute: 5, tokensPerDay: 1000 } });
    const gone = new MillpondError('cancelled', 'The caller left');
    await outcomeOf(
      open.ask(
        createScriptedBackend(() => [gone]),
        { isPlaced: false },
      ),
    );
    expect(usedOf(open, 'tokensPerDay')).toBe(0);
    expect(usedOf(open, 'requestsPerMinute')).toBe(0);
  });
});

describe('a failure', () => {
  const broken = new MillpondError('unavailable', 'It is gone');

  test('before the answer costs no tokens, and no request where nobody was asked', async () => {
    const open = await openLimits({
      key: { requestsPerMinute: 5, tokensPerMinute: 1000, tokensPerDay: 1000 },
    });
    const failing = createScriptedBackend(() => [broken]);
    expect((await outcomeOf(open.ask(failing))).error).toBe(broken);
    expect(usedOf(open, 'tokensPerMinute')).toBe(0);
    expect(usedOf(open, 'tokensPerDay')).toBe(0);
    expect(usedOf(open, 'requestsPerMinute')).toBe(1);
    await outcomeOf(open.ask(failing, { isPlaced: false }));
    expect(usedOf(open, 'requestsPerMinute')).toBe(1);
  });

  test('in the middle costs what came', async () => {
    const open = await openLimits({ key: { tokensPerDay: 1000 } });
    const backend = createScriptedBackend(() => [scriptedHead, ...textChunks('a', 'b'), broken]);
    expect((await outcomeOf(open.ask(backend))).error).toBe(broken);
    expect(usedOf(open, 'tokensPerDay')).toBe(9);
  });

  test.each(['finishes', 'fails', 'is left'])('frees its slot when it %s', async (end) => {
    const open = await openLimits({ key: { concurrentRequests: 1 } });
    for (let n = 0; n < 3; n += 1) {
      if (end === 'finishes') await outcomeOf(open.ask(says('a')));
      else if (end === 'fails') await outcomeOf(open.ask(createScriptedBackend(() => [broken])));
      else await leaveAfter(open.ask(says('a', 'b')), 'text', 1);
      expect(usedOf(open, 'concurrentRequests')).toBe(0);
    }
    expect((await outcomeOf(open.ask(says('a')))).error).toBeUndefined();
  });
});

describe('a refusal', () => {
  test('names the limit, when to come back and what is left', async () => {
    const { ask, clock } = await openLimits({ key: { requestsPerMinute: 2 } });
    await outcomeOf(ask(says('a')));
    await clock.advance(10_000);
    await outcomeOf(ask(says('a')));
    const backend = says('never');
    const { error } = await outcomeOf(ask(backend));
    expect(backend.calls).toHaveLength(0);
    expect(error).toMatchObject({
      code: 'rate-limited',
      reason: 'rate_limit_exceeded',
      message: 'This API key may make 2 requests a minute; try again in 50 seconds',
      retryAfterMs: 50_000,
      headers: {
        'x-ratelimit-limit-requests': '2',
        'x-ratelimit-remaining-requests': '0',
        'x-ratelimit-reset-requests': '1m0s',
      },
    });
  });

  test('for a quota that is used up says that trying again is of no use before its end', async () => {
    const { ask, clock } = await openLimits({ key: { tokensPerDay: 40 } });
    for (let n = 0; n < 2; n += 1) await outcomeOf(ask(says('a', 'b')));
    const { error } = await outcomeOf(ask(says('a')));
    const midnight = new Date(clock.now());
    midnight.setHours(24, 0, 0, 0);
    expect(error).toMatchObject({
      code: 'rate-limited',
      reason: 'insufficient_quota',
      retryAfterMs: midnight.getTime() - clock.now(),
      headers: { 'x-should-retry': 'false' },
    });
    expect(String(error)).toContain('has 22 left of 40 tokens a day; ask for a shorter answer');
  });

  test('gives back everything that was taken before it', async () => {
    const open = await openLimits({
      key: {
        concurrentRequests: 2,
        requestsPerMinute: 5,
        tokensPerMinute: 1000,
        tokensPerDay: 1000,
      },
      person: { requestsPerMinute: 5, spendMicrosPerDay: 5000 },
    });
    expect((await outcomeOf(open.ask(says('a')))).error).toMatchObject({
      reason: 'insufficient_quota',
    });
    for (const limit of [
      'concurrentRequests',
      'requestsPerMinute',
      'tokensPerMinute',
      'tokensPerDay',
    ]) {
      expect(usedOf(open, limit)).toBe(0);
    }
    const person = { kind: 'person', id: 'ann' } as const;
    expect(usedOf(open, 'requestsPerMinute', person)).toBe(0);
    expect(usedOf(open, 'spendMicrosPerDay', person)).toBe(0);
  });

  test('of nothing at all is final', async () => {
    const { ask } = await openLimits({ key: { requestsPerMinute: 0 } });
    expect((await outcomeOf(ask(says('a')))).error).toMatchObject({
      reason: 'insufficient_quota',
      headers: { 'x-should-retry': 'false' },
    });
  });
});

describe('limits', () => {
  test('of a person hold for all of their keys together', async () => {
    const { ask } = await openLimits({ person: { requestsPerMinute: 3 } });
    const other = { ...keyCaller, keyId: 'other' } as const;
    for (const caller of [keyCaller, other, keyCaller]) {
      expect((await outcomeOf(ask(says('a'), { caller }))).error).toBeUndefined();
    }
    const { error } = await outcomeOf(ask(says('a'), { caller: other }));
    expect(String(error)).toContain('Your account may make 3 requests a minute');
  });

  test('of a model hold for everybody together', async () => {
    const { ask } = await openLimits({ model: { concurrentRequests: 1 } });
    const gate = Promise.withResolvers<undefined>();
    const slow = createScriptedBackend(() => [() => gate.promise, ...saying('a')]);
    const called = slow.nextCall();
    const first = outcomeOf(ask(slow));
    await called;
    const stranger = { kind: 'keyless', personId: 'owner' } as const;
    const { error } = await outcomeOf(ask(says('a'), { caller: stranger }));
    expect(String(error)).toContain("The model 'guide' may have 1 request at a time");
    gate.resolve(undefined);
    expect((await first).error).toBeUndefined();
  });

  test('that change are in force for the next request', async () => {
    const { ask, source } = await openLimits({ key: { requestsPerMinute: 1 } });
    await outcomeOf(ask(says('a')));
    source.key = { requestsPerMinute: 2 };
    expect((await outcomeOf(ask(says('a')))).error).toBeUndefined();
    source.key = { requestsPerMinute: 1 };
    expect((await outcomeOf(ask(says('a')))).error).toBeDefined();
    source.key = undefined;
    expect((await outcomeOf(ask(says('a')))).error).toBeUndefined();
  });

  test('that are absent limit nothing', async () => {
    const { ask } = await openLimits();
    for (let n = 0; n < 300; n += 1) {
      expect((await outcomeOf(ask(says('a')))).error).toBeUndefined();
    }
  });

  test('a day’s tokens are whole again the next day, a month’s the next month', async () => {
    const { ask, clock } = await openLimits({ key: { tokensPerDay: 40 } });
    for (let n = 0; n < 2; n += 1) await outcomeOf(ask(says('a', 'b')));
    expect((await outcomeOf(ask(says('a', 'b')))).error).toBeDefined();
    await clock.advance(24 * 60 * 60_000);
    expect((await outcomeOf(ask(says('a', 'b')))).error).toBeUndefined();
  });

  test('an answer without a bound takes what is left while it is alone', async () => {
    const { ask } = await openLimits({ key: { tokensPerMinute: 1000, tokensPerDay: 3000 } });
    const unbounded = { request: chatRequest('hi!') };
    for (let n = 0; n < 20; n += 1) {
      expect((await outcomeOf(ask(says('a', 'b'), unbounded))).error).toBeUndefined();
    }
  });
});
