import { expect, onTestFinished, test } from 'vitest';
import {
  dialling,
  joinPool,
  membershipOf,
  openTestPool,
  spawnMachine,
} from '../../testing/pool-fixture.ts';
import type { TestPool } from '../../testing/pool-fixture.ts';
import { createRelay } from '../../testing/relay.ts';
import { spawnRuntime } from '../../testing/spawn-runtime.ts';
import type { SpawnedRuntime } from '../../testing/spawn-runtime.ts';
import { promisedMs } from '../../testing/patience.ts';

/** Seconds for all programs in each real one, once the machines have joined. */
const rate = 4;
const noticedWithinMs = promisedMs(30_000);
const longestPauseMs = 30_000;
/** What a busy computer may add, in real time. */
const graceMs = 5_000;
const soon = { timeout: noticedWithinMs / rate + graceMs, interval: 50 };
const names = ['ash', 'birch', 'cedar', 'dogwood'];

async function openFour() {
  const pool = await openTestPool({ rate });
  const machines = await Promise.all(
    names.map(async (name) => {
      const machine = await spawnMachine({ name, alteration: { rate } });
      await joinPool(machine, pool);
      return machine;
    }),
  );
  for (const runtime of [pool.gateway, ...machines]) runtime.hurry();
  return { pool, machines };
}

const linksOf = (machines: readonly SpawnedRuntime[]) =>
  Promise.all(machines.map(async (machine) => (await membershipOf(machine))?.link));

/** How both sides see the connections. */
async function phases(pool: TestPool, machines: readonly SpawnedRuntime[]) {
  const links = await linksOf(machines);
  return {
    here: (await pool.machines()).map(({ phase }) => phase),
    there: links.map((link) => link?.phase ?? 'none'),
  };
}

const allOnline = { here: names.map(() => 'online'), there: names.map(() => 'online') };

test('E15: after a cut, a silence and a restart of the gateway every machine is back by itself', async () => {
  const { pool, machines } = await openFour();
  const before = await pool.machines();
  pool.relay.cut();
  const isNew = async () =>
    (await pool.machines()).map(({ since }, index) => since > (before[index]?.since ?? 0));
  await expect.poll(isNew, soon).toEqual(names.map(() => true));
  await expect.poll(() => phases(pool, machines), soon).toEqual(allOnline);

  pool.relay.hold();
  const heldAt = performance.now();
  const noticed = async () => {
    const { here, there } = await phases(pool, machines);
    return [...here, ...there].filter((phase) => phase === 'online').length;
  };
  await expect.poll(noticed, soon).toBe(0);
  expect((performance.now() - heldAt) * rate).toBeLessThan(noticedWithinMs + graceMs * rate);
  pool.relay.cut({ keepDown: true });
  const problems = async () =>
    (await linksOf(machines)).flatMap((link) => (link?.phase === 'waiting' ? [link.problem] : []));
  await expect.poll(problems, soon).toContainEqual(expect.stringMatching(/cannot be reached/));
  pool.relay.heal();
  await expect.poll(() => phases(pool, machines), soon).toEqual(allOnline);

  await pool.gateway.kill();
  const isAway = async () =>
    (await linksOf(machines)).filter((link) => link?.phase === 'online').length;
  await expect.poll(isAway, soon).toBe(0);
  await pool.restart();
  pool.gateway.hurry();
  await expect
    .poll(() => phases(pool, machines), { ...soon, timeout: longestPauseMs / rate + graceMs })
    .toEqual(allOnline);
  expect((await pool.machines()).map(({ name }) => name).toSorted()).toEqual(names);

  await machines[3]?.kill();
  await expect.poll(async () => (await pool.machine('dogwood'))?.phase, soon).toBe('lost');
  const online = (await pool.machines()).filter(({ phase }) => phase === 'online');
  expect(online.map(({ name }) => name).toSorted()).toEqual(names.slice(0, 3));
}, 120_000);

test('E15: a machine that comes in another way replaces its hanging connection and is still one', async () => {
  const pool = await openTestPool();
  const wayRound = await createRelay({ to: { port: pool.port } });
  onTestFinished(() => wayRound.close());
  const link = dialling(await pool.invite(), [pool.relay, wayRound]);
  const machine = await spawnMachine({ name: 'ash' });
  await joinPool(machine, pool, { link });
  const before = await pool.machine('ash');
  const [way] = await linksOf([machine]);
  const isRound = way?.phase === 'online' && way.address.endsWith(`:${wayRound.port}`);
  const [hanging, open] = isRound ? [wayRound, pool.relay] : [pool.relay, wayRound];
  hanging.hold();
  await machine.kill();
  const again = await spawnRuntime(machine.home);
  await expect
    .poll(async () => (await membershipOf(again))?.link, soon)
    .toMatchObject({ phase: 'online', address: `127.0.0.1:${open.port}` });
  const seen = await pool.machines();
  expect(seen).toMatchObject([{ id: before?.id, name: 'ash', phase: 'online' }]);
  expect(seen[0]?.since).toBeGreaterThan(before?.since ?? 0);
  // The old connection is not mourned: whoever it was is here.
  hanging.cut();
  expect((await pool.machine('ash'))?.phase).toBe('online');
}, 120_000);
