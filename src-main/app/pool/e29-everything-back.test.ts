import { setTimeout as pause } from 'node:timers/promises';
import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openChatStream } from '../../testing/chat-stream.ts';
import { startFakeOpenAiServer } from '../../testing/fake-openai-server.ts';
import { openTestPool } from '../../testing/pool-fixture.ts';
import { startScriptedMachine } from '../../testing/pool/scripted-machine.ts';
import type { SpawnedRuntime } from '../../testing/spawn-runtime.ts';
import { patience, promisedMs } from '../../testing/patience.ts';

/** What a person set up and what is counted, as the control API tells it. */
async function setUpOf({ control }: SpawnedRuntime) {
  const { keys } = await control.server.listKeys({});
  const { prices } = await control.prices.list({});
  const { providers } = await control.providers.list({});
  return {
    keys: keys.map(({ lastUsedAt: _used, uses: _uses, ...key }) => key),
    aliases: (await control.aliases.list({})).aliases.map(({ name, members, cloud }) => ({
      ...{ name, members, cloud },
    })),
    prices: prices.filter(({ source }) => source !== 'bundled'),
    providers: providers.map(({ name, baseUrl, models }) => ({ name, baseUrl, models })),
    modelLimits: (await control.server.modelLimits({})).models.map(({ model, limits }) => ({
      ...{ model, limits },
    })),
  };
}

test('E29: killed under 20 live streams, everything set up and counted is back', async () => {
  const provider = await startFakeOpenAiServer({ kind: 'vllm', models: [{ id: 'cloud' }] });
  onTestFinished(() => provider.close());
  const pool = await openTestPool();
  await startScriptedMachine(pool, { name: 'attic', slots: 64, tokensPerSecond: 20 });
  const { control, origin, home } = pool.gateway;
  const { key } = await control.server.createKey({
    ...{ name: 'limited', limits: { tokensPerDay: 1_000_000, concurrentRequests: 100 } },
  });
  await control.providers.add({
    ...{ preset: 'custom', name: 'far', baseUrl: `${provider.url}/v1`, keys: ['sk-far'] },
  });
  await control.aliases.save({
    ...{ name: 'best', members: [{ model: 'count' }, { model: 'cloud' }], cloud: true },
  });
  await control.prices.set({
    ...{ model: 'cloud', tiers: [{ maxInputTokens: 0, inputMicros: 1000, outputMicros: 1000 }] },
  });
  await control.server.setModelLimits({ model: 'count', limits: { concurrentRequests: 500 } });
  const before = await setUpOf(pool.gateway);
  expect(before.keys.map(({ name }) => name)).toContain('limited');

  for (let call = 0; call < 5; call += 1) {
    const asked = await openChatStream({ origin, key }, { model: 'best', max_tokens: 3 });
    await asked.ended;
  }
  const lastOf = async () => (await control.activity.list({ limit: 1 })).requests[0];
  await expect.poll(lastOf, patience).toMatchObject({ state: 'done' });
  const trace = await control.activity.get({ id: (await lastOf())?.id ?? '' });
  expect(trace.route?.alias?.members).toMatchObject([{ model: 'count', outcome: 'answered' }]);
  const ledgerOf = async (runtime: SpawnedRuntime) =>
    (await runtime.control.pools.ledger({ id: pool.id, days: 7 })).lines;
  const ledger = await ledgerOf(pool.gateway);
  expect(ledger.map((line) => [line.servedAnswers, line.consumedAnswers]).toSorted()).toEqual([
    [0, 5],
    [5, 0],
  ]);

  const streams = await Promise.all(
    Array.from({ length: 20 }, () =>
      openChatStream({ origin, key }, { model: 'best', max_tokens: 10_000 }),
    ),
  );
  await Promise.all(streams.map((stream) => stream.untilWords(3)));
  const done: { readonly id: string; readonly at: number }[] = [];
  const startedAt = performance.now();
  while (performance.now() - startedAt < 3000) {
    const short = await openChatStream({ origin, key }, { model: 'cloud', max_tokens: 2 });
    await short.ended;
    done.push({ id: String(short.headers['x-request-id']), at: performance.now() });
    await pause(20);
  }
  const told = (await control.activity.list({ limit: 1000 })).requests;
  const killedAt = performance.now();
  await pool.gateway.kill();
  for (const stream of streams) await stream.ended;

  const database = new DatabaseSync(join(home, 'millpond.db'));
  expect(database.prepare('pragma integrity_check').get()).toEqual({ integrity_check: 'ok' });
  database.close();
  const restartedAt = performance.now();
  await pool.restart();
  const back = pool.gateway.control;
  await vi.waitFor(async () => {
    expect(await pool.machine('attic')).toMatchObject({ phase: 'online' });
  }, patience);
  expect(performance.now() - restartedAt).toBeLessThan(promisedMs(30_000));
  expect(await setUpOf(pool.gateway)).toEqual(before);
  expect(await ledgerOf(pool.gateway)).toEqual(ledger);
  const { findings } = await back.firstAid.examine({});
  expect(findings.find(({ id }) => id === 'database')).toMatchObject({ outcome: 'ok' });

  const { requests, total } = await back.activity.list({ limit: 1000 });
  const kept = new Map(requests.map((request) => [request.id, request]));
  const old = done.filter(({ at }) => at < killedAt - 1000);
  expect(old.length).toBeGreaterThan(10);
  const toldOf = new Map(told.map((request) => [request.id, request]));
  expect(old.map(({ id }) => kept.get(id))).toEqual(old.map(({ id }) => toldOf.get(id)));
  // With the route and every attempt, which lists leave out.
  expect(await back.activity.get({ id: trace.id })).toEqual(trace);
  const range = { from: Date.now() - 7_200_000, to: Date.now() + 3_600_000 };
  const { totals } = await back.usage.report({ ...range, by: 'key', step: 'hour' });
  expect(totals.requests).toBe(total);
  expect(totals.costMicros).toBe(requests.reduce((sum, each) => sum + (each.costMicros ?? 0), 0));
  const { keys } = await back.server.listKeys({});
  const use = keys
    .find(({ name }) => name === 'limited')
    ?.uses?.find(({ limit }) => limit === 'tokensPerDay');
  // What was leased and not settled counts as used: a crash never admits more.
  expect(use?.used).toBeGreaterThanOrEqual(totals.promptTokens + totals.completionTokens);
  const again = await openChatStream(
    { origin: pool.gateway.origin, key },
    { model: 'best', max_tokens: 3 },
  );
  await again.ended;
  expect(again).toMatchObject({ status: 200, isDone: true });
}, 120_000);
