import { describe, expect, test } from 'vitest';
import { MillpondError } from '../../core/error.ts';
import type { InferenceChunk } from '../../core/inference.ts';
import { createFakeClock } from '../../testing/fake-clock.ts';
import {
  lost,
  machine,
  routerOver,
  statusesOf,
  tokensOf,
  wholeAnswer,
} from './scripted-machines.fixture.ts';

const never = (): Promise<never> => new Promise(() => {});
const length = 20;

describe('E12: failover before the first token', () => {
  test('the third of three answers, and the attempts say why', async () => {
    const dies = machine('dies', {
      first: () => {
        throw new MillpondError('timeout', 'It did not accept', { reason: 'not-accepted' });
      },
    });
    const crashes = machine('crashes', {
      first: () => {
        throw new MillpondError('engine-crashed', 'gone');
      },
    });
    const full = machine('full', { offer: { busySlots: 1 } });
    const provider = machine('provider', {
      length,
      upstream: { kind: 'attached', machine: 'provider' },
    });
    const { ask, decisions } = routerOver([dies, crashes, full, provider]);
    const chunks = await ask();
    expect(tokensOf(chunks)).toEqual(wholeAnswer(length));
    expect(chunks[0]).toMatchObject({
      type: 'head',
      headers: { 'x-millpond-attempts': '3' },
    });
    expect(
      decisions.at(-1)?.attempts.map(({ machine: name, failure }) => [name, failure?.code]),
    ).toEqual([
      ['dies machine', 'timeout'],
      ['crashes machine', 'engine-crashed'],
      ['provider', undefined],
    ]);
    expect(full.calls).toHaveLength(0);
  });

  test('when all fail the last failure is passed on, after four attempts', async () => {
    const machines = ['a', 'b', 'c', 'd', 'e'].map((id) =>
      machine(id, {
        first: () => {
          throw lost();
        },
      }),
    );
    const { ask } = routerOver(machines);
    await expect(ask()).rejects.toMatchObject({ code: 'unavailable', httpStatus: 503 });
    expect(machines.filter(({ calls }) => calls.length > 0)).toHaveLength(4);
  });

  test('a prompt that is too long goes to longer contexts only', async () => {
    const overflow = (): never => {
      throw new MillpondError('context-overflow', 'too long');
    };
    const small = machine('small', { first: overflow, offer: { contextLength: 2048 } });
    const equal = machine('equal', { first: overflow, offer: { contextLength: 2048 } });
    const large = machine('large', { length, offer: { contextLength: 8192 } });
    const { ask, failures } = routerOver([small, equal, large]);
    expect(tokensOf(await ask())).toEqual(wholeAnswer(length));
    expect(equal.calls).toHaveLength(0);
    expect(failures).toEqual(['small: context-overflow']);
  });
});

describe('E13: a machine that says nothing', () => {
  test('is given up and stopped after a minute, and the next one answers', async () => {
    const hung = machine('hung', { first: never });
    const { ask, clock } = routerOver([hung, machine('next', { length })]);
    const answered = ask();
    await clock.advance(61_000);
    expect(tokensOf(await answered)).toEqual(wholeAnswer(length));
    expect(hung.calls[0]?.options.signal.aborted).toBe(true);
  });

  test('is held against it by its breaker', async () => {
    const hung = machine('hung', { first: never });
    const { ask, clock } = routerOver([hung]);
    for (let turn = 0; turn < 3; turn += 1) {
      const refused = expect(ask()).rejects.toMatchObject({ reason: 'no-first-token' });
      await clock.advance(61_000);
      await refused;
    }
    await expect(ask()).rejects.toMatchObject({ code: 'unavailable' });
    expect(hung.calls).toHaveLength(3);
  });

  test('in the middle of an answer ends it with an error after 30 s, or moves it', async () => {
    const stalls = (id: string) =>
      machine(id, {
        length,
        before: (index, call) => (index === 6 && call.number === 0 ? never() : undefined),
      });
    const alone = routerOver([stalls('a')]);
    const refused = expect(alone.ask()).rejects.toMatchObject({
      code: 'timeout',
      reason: 'stalled',
    });
    await alone.clock.advance(31_000);
    await refused;
    const both = routerOver([stalls('a'), machine('b', { length })]);
    const moved = both.ask();
    await both.clock.advance(31_000);
    expect(tokensOf(await moved)).toEqual(wholeAnswer(length));
  });

  test('a slow reader is not the machine’s silence', async () => {
    const { router, request, clock } = routerOver([machine('a', { length })]);
    const { signal } = new AbortController();
    const chunks: InferenceChunk[] = [];
    for await (const chunk of router.infer(request(), { signal })) {
      chunks.push(chunk);
      if (chunks.length === 3) await clock.advance(120_000);
    }
    expect(tokensOf(chunks)).toEqual(wholeAnswer(length));
  });

  test('a load that gets on is not cut, and is told of; one that stands still is', async () => {
    const clock = createFakeClock();
    const loads = Promise.withResolvers<undefined>();
    const cold = machine('cold', {
      length,
      first: async () => {
        await loads.promise;
      },
      offer: { state: { phase: 'loading', share: 0 } },
    });
    const fixture = routerOver([cold], { clock });
    const answered = fixture.ask();
    for (let share = 1; share <= 4; share += 1) {
      await clock.advance(50_000);
      cold.set({ state: { phase: 'loading', share: share / 5 } });
      fixture.changed();
    }
    await clock.advance(10);
    loads.resolve(undefined);
    const chunks = await answered;
    expect(tokensOf(chunks)).toEqual(wholeAnswer(length));
    expect(statusesOf(chunks)).toEqual(
      [0.2, 0.4, 0.6, 0.8].map((share) => ({ phase: 'loading', machine: 'cold machine', share })),
    );

    const stuck = machine('stuck', {
      first: never,
      offer: { state: { phase: 'loading', share: 0.3 } },
    });
    const other = routerOver([stuck]);
    const refused = expect(other.ask()).rejects.toMatchObject({ reason: 'no-first-token' });
    await other.clock.advance(121_000);
    await refused;
  });
});

describe('E14: a caller who leaves', () => {
  test('stops the machine and frees its slot at once', async () => {
    const long = machine('a', { length: 1000 });
    const { router, request } = routerOver([long]);
    const leave = new AbortController();
    const answer = router.infer(request(), { signal: leave.signal })[Symbol.asyncIterator]();
    for (let chunk = 0; chunk < 11; chunk += 1) await answer.next();
    leave.abort(new MillpondError('cancelled', 'left'));
    await expect(answer.next()).rejects.toMatchObject({ code: 'cancelled' });
    expect(long.calls[0]?.options.signal.aborted).toBe(true);
    expect(long.calls[0]?.generated).toBeLessThanOrEqual(12);
    expect(router.load()).toEqual({ answering: 0, waiting: 0 });
  });

  test('by not reading on does the same', async () => {
    const long = machine('a', { length: 1000 });
    const { router, request } = routerOver([long]);
    const { signal } = new AbortController();
    for await (const chunk of router.infer(request(), { signal })) {
      if (chunk.type === 'text') break;
    }
    expect(long.calls[0]?.options.signal.aborted).toBe(true);
    expect(router.load()).toEqual({ answering: 0, waiting: 0 });
  });

  test('nobody waits behind the deadline', async () => {
    const { ask, clock } = routerOver([machine('a', { first: never })]);
    const refused = expect(ask({ deadlineAt: clock.now() + 5000 })).rejects.toMatchObject({
      code: 'unavailable',
      retryAfterMs: 30_000,
    });
    await clock.advance(5000);
    await refused;
  });
});

describe('a model that is not loaded', () => {
  const cold = () =>
    machine('cold', { length, offer: { state: { phase: 'installed' }, loadMs: 8000 } });

  test('is refused to who will not wait, with its progress, while the load goes on', async () => {
    const only = cold();
    const { ask } = routerOver([only]);
    await expect(ask({ onColdStart: 'refuse' })).rejects.toMatchObject({
      httpStatus: 503,
      retryAfterMs: 8000,
      loading: { node: 'cold machine', phase: 'loading', percent: 0 },
    });
    expect(only.calls.map(({ request }) => request.input.task)).toEqual(['count']);
    only.set({ state: { phase: 'loading', share: 0.5 } });
    await expect(ask({ onColdStart: 'refuse' })).rejects.toMatchObject({
      retryAfterMs: 4000,
      loading: { percent: 50 },
    });
  });

  test('is no matter while another machine has it ready', async () => {
    const [warm, other] = [machine('warm', { length }), cold()];
    const { ask } = routerOver([other, warm]);
    expect(tokensOf(await ask({ onColdStart: 'refuse' }))).toEqual(wholeAnswer(length));
    expect(other.calls).toHaveLength(0);
  });
});
