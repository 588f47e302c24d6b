import { describe, expect, test } from 'vitest';
import { createFakeClock } from '../../testing/fake-clock.ts';
import { silentLogger } from '../../testing/gateway-fixture.ts';
import { createMemoryTeamStores } from '../../testing/memory-team-stores.ts';
import { randomShares } from '../../testing/random-source.ts';
import type { QuotaStore } from './ports.ts';
import { QuotaAccount } from './quota-account.ts';
import type { Hold, HoldResult } from './quota-account.ts';

const book = { subject: 'key:k', unit: 'tokens', period: '2026-11-22' } as const;
const period = { name: '2026-11-22', startsAt: 0, endsAt: Infinity };

function open(store: QuotaStore = createMemoryTeamStores().limits.quotas) {
  const clock = createFakeClock();
  const account = new QuotaAccount({ store, clock, logger: silentLogger }, book, period);
  const hold = async (amount: number, allowed: number, least = amount): Promise<HoldResult> =>
    account.hold({ amount, least }, allowed);
  const held = async (amount: number, allowed: number): Promise<Hold> => {
    const result = await hold(amount, allowed);
    if ('refused' in result) throw new Error(`refused: ${result.refused}`);
    return result;
  };
  const taken = async (): Promise<number> => (await store.takenIn([period.name]))[0]?.taken ?? 0;
  return { account, store, clock, hold, held, taken };
}

describe('a quota', () => {
  test('is handed out from blocks: most requests wait for nobody', async () => {
    const { account, held } = open();
    account.settle(await held(10, 10_000), 10);
    let waited = 0;
    for (let n = 0; n < 20; n += 1) {
      const result = account.hold({ amount: 10, least: 10 }, 10_000);
      if (result instanceof Promise) waited += 1;
      const hold = await result;
      if ('refused' in hold) throw new Error('refused');
      account.settle(hold, 10);
    }
    expect(waited).toBe(0);
    expect(account.spent).toBe(210);
  });

  test('is used to its end and not further', async () => {
    const { account, hold, held, taken } = open();
    for (let n = 0; n < 10; n += 1) account.settle(await held(300, 3000), 300);
    expect(await hold(1, 3000)).toEqual({ refused: 'used-up', left: 0 });
    expect(await taken()).toBe(3000);
  });

  test('says whether what is missing may come back', async () => {
    const { account, hold, held } = open();
    const running = await held(2000, 3000);
    expect(await hold(1500, 3000)).toEqual({ refused: 'held', left: 1000 });
    account.settle(running, 2000);
    expect(await hold(1500, 3000)).toEqual({ refused: 'used-up', left: 1000 });
  });

  test('lets who is alone begin with what is left, and nobody else', async () => {
    const { account, hold } = open();
    const alone = await hold(16_384, 3000, 20);
    expect(alone).toMatchObject({ amount: 3000 });
    expect(await hold(10, 3000)).toMatchObject({ refused: 'held' });
    if ('refused' in alone) throw new Error('refused');
    account.settle(alone, 100);
    expect(account.spent).toBe(100);
    expect(await hold(16_384, 3000, 2950)).toMatchObject({ refused: 'used-up' });
  });

  test('counts what a request used beyond its part', async () => {
    const { account, held, hold, taken } = open();
    const running = await held(100, 1000);
    account.grow(running, 900);
    expect(await hold(1, 1000)).toMatchObject({ refused: 'held' });
    account.settle(running, 1500);
    await account.giveBack();
    expect(account.spent).toBe(1500);
    expect(await taken()).toBe(1500);
  });

  test('is shared by many who wait for the same block, each once', async () => {
    const { account, hold } = open();
    const results = await Promise.all(Array.from({ length: 200 }, () => hold(10, 1000)));
    expect(results.filter((result) => !('refused' in result))).toHaveLength(100);
    expect(account.committed).toBe(1000);
  });

  test('goes back to the store when nobody needs it', async () => {
    const { account, held, taken } = open();
    account.settle(await held(100, 100_000), 40);
    expect(await taken()).toBeGreaterThan(1000);
    await account.giveBack();
    expect(await taken()).toBe(40);
  });

  test('goes back when its day is over and the last request has ended', async () => {
    const { account, held, taken } = open();
    const running = await held(100, 100_000);
    account.retire();
    account.settle(running, 70);
    await account.giveBack();
    expect(await taken()).toBe(70);
  });

  test('two gateways share it', async () => {
    const store = createMemoryTeamStores().limits.quotas;
    const [one, two] = [open(store), open(store)];
    let admitted = 0;
    for (let n = 0; n < 200; n += 1) {
      const { account, hold } = n % 2 === 0 ? one : two;
      const result = await hold(10, 1000);
      if ('refused' in result) continue;
      admitted += 10;
      account.settle(result, 10);
    }
    expect(admitted).toBe(1000);
  });

  test('people are told once, whoever asks', async () => {
    const { account, held, store } = open();
    account.settle(await held(90, 100), 90);
    expect(await account.tellOnce()).toBe(true);
    expect(await account.tellOnce()).toBe(false);
    expect(await open(store).account.tellOnce()).toBe(false);
  });
});

describe('while the store is away', () => {
  test('what is leased can be used, and no more', async () => {
    const inner = createMemoryTeamStores().limits.quotas;
    let isAway = false;
    const store: QuotaStore = {
      ...inner,
      lease: (...args) =>
        isAway ? Promise.reject(new Error('database is locked')) : inner.lease(...args),
      adjust: (...args) =>
        isAway ? Promise.reject(new Error('database is locked')) : inner.adjust(...args),
    };
    const { account, hold, held, clock, taken } = open(store);
    account.settle(await held(10, 1000), 10);
    isAway = true;
    let admitted = 0;
    let refusal: unknown;
    while (refusal === undefined && admitted < 1000) {
      try {
        const result = await hold(10, 1000);
        if ('refused' in result) throw new Error('refused');
        account.settle(result, 15);
        admitted += 10;
      } catch (error) {
        refusal = error;
      }
    }
    expect(refusal).toMatchObject({ code: 'unavailable', reason: 'quota-unknown' });
    expect(admitted).toBeGreaterThan(0);
    expect(admitted).toBeLessThan(100);
    isAway = false;
    await clock.advance(5000);
    await account.giveBack();
    expect(await taken()).toBe(account.spent);
  });
});

test.each([1, 2, 3, 4, 5, 6])(
  'a crash forfeits a block and what ran, and never lets more through (seed %i)',
  async (seed) => {
    const random = randomShares(seed);
    const store = createMemoryTeamStores().limits.quotas;
    const allowed = 5000;
    let used = 0;
    let largest = 0;
    for (let run = 0; run < 30; run += 1) {
      const { account, hold, taken } = open(store);
      const running: { readonly hold: Hold; readonly actual: number }[] = [];
      for (let n = 0; n < 15; n += 1) {
        const wanted = 1 + Math.floor(random() * 200);
        const result = await hold(wanted, allowed);
        if (!('refused' in result)) {
          const actual = Math.floor(random() * wanted);
          largest = Math.max(largest, actual);
          running.push({ hold: result, actual });
        }
        if (running.length > 3 || random() < 0.5) {
          const ended = running.shift();
          if (ended === undefined) continue;
          account.settle(ended.hold, ended.actual);
          used += ended.actual;
        }
      }
      // Killed: those that ran used what they used, and nobody settled it.
      for (const { actual } of running) used += actual;
      expect(used).toBeLessThanOrEqual(await taken());
    }
    expect(used).toBeLessThanOrEqual(allowed);
    expect(used).toBeGreaterThan(1000);
  },
);
