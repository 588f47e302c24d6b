import { createServer } from 'node:net';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import type { Finding } from '../../contract/first-aid.ts';
import { joinPool, openTestPool, spawnMachine } from '../../testing/pool-fixture.ts';
import { patience } from '../../testing/patience.ts';
import { startTestRuntime } from '../../testing/start-test-runtime.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';

const found = (findings: readonly Finding[], id: string) =>
  findings.find((finding) => finding.id === id);

test('DOCTOR: a membership that the pool has revoked is named, with the way to the pool', async () => {
  const pool = await openTestPool();
  const machine = await spawnMachine({ name: 'attic' });
  await joinPool(machine, pool);
  const before = await machine.control.firstAid.examine({});
  expect(found(before.findings, 'pool')).toMatchObject({ outcome: 'ok' });
  const [joined] = await pool.machines();
  await pool.gateway.control.pools.revokeMachine({ id: joined?.id ?? '' });
  await expect
    .poll(async () => {
      const { memberships } = await machine.control.memberships.list({});
      return memberships[0]?.link.phase;
    }, patience)
    .toBe('closed');
  const { findings } = await machine.control.firstAid.examine({});
  expect(found(findings, 'pool-revoked')).toMatchObject({
    outcome: 'problem',
    values: { pool: 'Lab' },
    fix: { kind: 'navigate', path: expect.stringMatching(/^\/pool\/./) as string },
  });
}, 180_000);

test('DOCTOR: a pool whose port is taken is opened on a free one by its deed', async () => {
  const home = temporaryFolder();
  const first = await startTestRuntime(home);
  const wish = { name: 'Pond', password: 'a long password', ownerName: 'Ada' };
  const taken = createServer().listen(0, '0.0.0.0');
  onTestFinished(() => void taken.close());
  await once(taken, 'listening');
  const address = taken.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  await first.control.settings.update({ poolPort: 0 });
  await first.control.pools.start(wish);
  await first.control.settings.update({ poolPort: port });
  await first.runtime.stop();

  const { control } = await startTestRuntime(home);
  const { findings } = await control.firstAid.examine({});
  expect(found(findings, 'pool-port-taken')).toMatchObject({
    values: { port: port.toString() },
    fix: { kind: 'call', deed: 'choose-free-pool-port' },
  });
  await control.firstAid.mend({ deed: 'choose-free-pool-port' });
  const after = (await control.firstAid.examine({})).findings;
  expect(found(after, 'pool-port-taken')).toBeUndefined();
  expect((await control.pools.list({})).reach.port).toBeGreaterThan(0);
});
