import { expect, onTestFinished, test, vi } from 'vitest';
import { openChatStream } from '../../testing/chat-stream.ts';
import { startMockProvider } from '../../testing/mock-provider/start-mock-provider.ts';
import { openTestPool } from '../../testing/pool-fixture.ts';
import type { TestPool } from '../../testing/pool-fixture.ts';
import { startScriptedMachine } from '../../testing/pool/scripted-machine.ts';
import { patience } from '../../testing/patience.ts';

/** The sum of all series of a name that hold the text. */
async function metric({ gateway, key }: TestPool, name: string, holding = ''): Promise<number> {
  const headers = { authorization: `Bearer ${key}` };
  const response = await fetch(`${gateway.origin}/metrics`, { headers });
  return (await response.text())
    .split('\n')
    .filter((line) => line.startsWith(`millpond_${name}`) && line.includes(holding))
    .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

/** Machines by whether they are connected, as the dashboard shows them: a paused one is. */
async function shownMachines(pool: TestPool) {
  const { machines } = await pool.gateway.control.pools.overview({ id: pool.id });
  const offline = machines.filter(({ phase }) => phase === 'lost' || phase === 'offline').length;
  return { online: machines.length - offline, offline };
}

async function countedMachines(pool: TestPool) {
  return {
    online: await metric(pool, 'nodes', 'state="online"'),
    offline: await metric(pool, 'nodes', 'state="offline"'),
  };
}

test('E27: requests under way and machines online are counted as the dashboard shows them', async () => {
  const pool = await openTestPool();
  const machine = await startScriptedMachine(pool, { name: 'attic', tokensPerSecond: 20 });
  const { control, origin } = pool.gateway;
  const before = await shownMachines(pool);
  expect(before.online).toBeGreaterThan(0);
  expect(await countedMachines(pool)).toEqual(before);

  const asked = { model: 'count', max_tokens: 10_000 };
  const streams = await Promise.all(
    [1, 2].map(() => openChatStream({ origin, key: pool.key }, asked)),
  );
  await Promise.all(streams.map((stream) => stream.untilWords(1)));
  expect((await control.activity.list({ state: 'running' })).requests).toHaveLength(2);
  expect(await metric(pool, 'requests_running')).toBe(2);

  await machine.kill();
  for (const stream of streams) await stream.ended;
  const after = { online: before.online - 1, offline: before.offline + 1 };
  await vi.waitFor(async () => {
    expect(await shownMachines(pool)).toEqual(after);
  }, patience);
  expect(await countedMachines(pool)).toEqual(after);
  expect(await metric(pool, 'requests_running')).toBe(0);
  expect((await control.activity.list({ state: 'running' })).requests).toEqual([]);
}, 90_000);

test('E27: open breakers and limits that were hit are counted as they stand in the log', async () => {
  const pool = await openTestPool();
  const { control, origin } = pool.gateway;
  const mock = await startMockProvider({ models: ['pond'] });
  onTestFinished(() => mock.close());
  mock.behave = () => ({ kind: 'server-error' });
  const { id } = await control.providers.add({
    ...{ preset: 'custom', name: 'weak', baseUrl: mock.baseUrl, keys: ['sk-weak'] },
  });
  const ask = async (key: string, model: string): Promise<number> => {
    const stream = await openChatStream({ origin, key }, { model, max_tokens: 2 });
    await stream.ended;
    return stream.status;
  };
  const { key } = await control.server.createKey({ name: 'tool' });
  expect(await metric(pool, 'breaker_open')).toBe(0);
  for (let call = 0; call < 5; call += 1) expect(await ask(key, 'pond')).toBe(503);
  const stateOf = async () => (await control.providers.list({})).providers[0]?.state.phase;
  expect([await stateOf(), await metric(pool, 'breaker_open')]).toEqual(['failing', 1]);
  await control.providers.reset({ id });
  expect(await metric(pool, 'breaker_open')).toBe(0);

  mock.behave = () => ({ kind: 'well' });
  const limited = await control.server.createKey({ name: 'one', limits: { requestsPerMinute: 1 } });
  expect(await ask(limited.key, 'pond')).toBe(200);
  for (let call = 0; call < 3; call += 1) expect(await ask(limited.key, 'pond')).toBe(429);
  const { requests } = await control.activity.list({ limit: 100 });
  const hits = requests.filter(({ error }) => error?.code === 'rate-limited').length;
  expect([hits, await metric(pool, 'limit_hits_total')]).toEqual([3, 3]);
}, 90_000);
