import { describe, expect, test } from 'vitest';
import { createFakeClock } from '../../testing/fake-clock.ts';
import { createMemoryTeamStores } from '../../testing/memory-team-stores.ts';
import { randomShares } from '../../testing/random-source.ts';
import {
  createScriptedBackend,
  finishChunk,
  scriptedHead,
} from '../../testing/scripted-backend.ts';
import { boundedRequest, openLimits, outcomeOf, says } from './limits.fixture.ts';

type Open = Awaited<ReturnType<typeof openLimits>>;

async function admittedOf(open: Open, calls: number): Promise<number> {
  let admitted = 0;
  for (let n = 0; n < calls; n += 1) {
    if ((await outcomeOf(open.ask(says('a')))).error === undefined) admitted += 1;
  }
  return admitted;
}

describe('rates across a restart', () => {
  const key = { requestsPerMinute: 5 };

  test('go on after an orderly stop', async () => {
    const first = await openLimits({ key });
    expect(await admittedOf(first, 3)).toBe(3);
    await first.clock.advance(20_000);
    await first.limits.close();
    const again = { key, stores: first.stores, clock: first.clock };
    expect(await admittedOf(await openLimits(again), 10)).toBe(2);
  });

  test('are spent after a kill, for a minute', async () => {
    const first = await openLimits({ key });
    expect(await admittedOf(first, 3)).toBe(3);
    const { clock, stores } = first;
    const second = await openLimits({ key, stores, clock });
    const { error } = await outcomeOf(second.ask(says('a')));
    expect(error).toMatchObject({
      ...{ reason: 'rate_limit_exceeded', retryAfterMs: 60_000 },
      message:
        'Millpond ended without warning and does not know how much of 5 requests a minute was used; try again in 60 seconds',
    });
    await clock.advance(60_000);
    expect(await admittedOf(second, 10)).toBe(5);
  });

  test('are whole at the very first start, and again when a minute has passed', async () => {
    const first = await openLimits({ key });
    expect(await admittedOf(first, 10)).toBe(5);
    await first.limits.close();
    const { clock, stores } = first;
    await clock.advance(60_000);
    expect(await admittedOf(await openLimits({ key, stores, clock }), 10)).toBe(5);
  });

  test('are not forgotten by somebody who does not ask between two stops', async () => {
    const first = await openLimits({ key });
    expect(await admittedOf(first, 5)).toBe(5);
    await first.limits.close();
    const { clock, stores } = first;
    const idle = await openLimits({ key, stores, clock });
    await clock.advance(30_000);
    await idle.limits.close();
    const third = await openLimits({ key, stores, clock });
    expect(await admittedOf(third, 10)).toBe(0);
    await clock.advance(30_000);
    expect(await admittedOf(third, 10)).toBe(5);
  });
});

describe('quotas across a restart', () => {
  const key = { tokensPerDay: 3000 };

  test('are exact after an orderly stop', async () => {
    const first = await openLimits({ key });
    expect(await admittedOf(first, 100)).toBe(100);
    await first.limits.close();
    const { clock, stores } = first;
    const next = await openLimits({ key, stores, clock });
    expect(next.limits.usesOf({ kind: 'key', id: 'k' })).toMatchObject([{ used: 800 }]);
    expect(await admittedOf(next, 1000)).toBe(Math.floor((3000 - 800 - 29) / 8) + 1);
  });

  test('lose a block to a kill, and give nothing twice', async () => {
    const { clock, stores, ...first } = await openLimits({ key });
    expect(await admittedOf({ clock, stores, ...first }, 100)).toBe(100);
    const next = await openLimits({ key, stores, clock });
    const used = next.limits.usesOf({ kind: 'key', id: 'k' })[0]?.used;
    expect(used).toBeGreaterThanOrEqual(800);
    expect(used).toBeLessThanOrEqual(800 + 29 + 2 * 150);
  });
});

/**
 * Random traffic of many callers, with random kills and orderly stops in between, checked against books
 * that count every single thing.
 */
test.each([1, 2, 3, 4, 5, 6, 7, 8])(
  'never lets more through than allowed (seed %i)',
  async (seed) => {
    const random = randomShares(seed);
    const below = (bound: number): number => Math.floor(random() * bound);
    const clock = createFakeClock();
    const stores = createMemoryTeamStores().limits;
    const key = {
      requestsPerMinute: 10 + below(30),
      tokensPerMinute: 500 + below(3000),
      concurrentRequests: 1 + below(12),
      tokensPerDay: 4000 + below(8000),
      spendMicrosPerDay: 4_000_000 + below(8_000_000),
    };
    const requests: number[] = [];
    const tokens: { readonly at: number; readonly amount: number }[] = [];
    let [running, mostRunning, dayTokens, largest, refused, stops] = [0, 0, 0, 0, 0, 0];
    const pending = new Set<Promise<unknown>>();
    let open = await openLimits({ key, stores, clock });

    const call = (): void => {
      const at = clock.monotonic();
      const run = stops;
      const maxTokens = 1 + below(120);
      const answer = below(maxTokens + 1);
      const gate = Promise.withResolvers<undefined>();
      clock.after(below(20_000), () => {
        gate.resolve(undefined);
      });
      let isIn = false;
      const backend = createScriptedBackend(() => [
        scriptedHead,
        () => {
          isIn = true;
          running += 1;
          mostRunning = Math.max(mostRunning, running);
          requests.push(at);
          return gate.promise;
        },
        finishChunk(answer),
      ]);
      const work = outcomeOf(open.ask(backend, { request: boundedRequest(maxTokens) })).then(() => {
        if (!isIn) {
          refused += 1;
          return;
        }
        if (run === stops) running -= 1;
        const amount = 7 + answer;
        largest = Math.max(largest, amount);
        dayTokens += amount;
        tokens.push({ at, amount });
      });
      pending.add(work);
      void work.finally(() => pending.delete(work));
    };

    for (let step = 0; step < 150; step += 1) {
      for (let n = below(8); n > 0; n -= 1) call();
      await clock.advance(random() < 0.8 ? below(3000) : below(60_000));
      if (random() > 0.04) continue;
      // A kill takes what runs with it; an orderly stop waits for it first.
      if (random() < 0.5) {
        await clock.advance(20_000);
        await open.limits.close();
      }
      stops += 1;
      running = 0;
      open = await openLimits({ key, stores, clock });
    }
    await clock.advance(60_000);
    await Promise.all(pending);

    const inMinute = (list: readonly { readonly at: number; readonly amount: number }[]): number =>
      Math.max(
        ...list.map(({ at: end }) =>
          list
            .filter(({ at }) => at <= end && end - at < 60_000)
            .reduce((sum, { amount }) => sum + amount, 0),
        ),
      );
    expect(inMinute(requests.map((at) => ({ at, amount: 1 })))).toBeLessThanOrEqual(
      key.requestsPerMinute,
    );
    expect(mostRunning).toBeLessThanOrEqual(key.concurrentRequests);
    expect(inMinute(tokens)).toBeLessThanOrEqual(key.tokensPerMinute + largest);
    expect(dayTokens).toBeLessThanOrEqual(key.tokensPerDay + largest);
    expect(dayTokens * 1000).toBeLessThanOrEqual(key.spendMicrosPerDay + largest * 1000);
    expect(stops).toBeGreaterThan(0);
    expect(refused).toBeGreaterThan(20);
    expect(requests.length).toBeGreaterThan(20);
  },
);
