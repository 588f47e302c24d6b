import { expect, test } from 'vitest';
import { z } from 'zod';
import { joinPool, openTestPool, spawnMachine } from '../../testing/pool-fixture.ts';
import { countingPieces } from '../../testing/scripted-gguf.ts';
import { patience } from '../../testing/patience.ts';

const modelList = z.object({ data: z.array(z.object({ id: z.string() })) });

test('E23: of three machines at once two get in, and an outsider does not see what they bring', async () => {
  const pool = await openTestPool();
  const { control, origin } = pool.gateway;
  const counter = { says: countingPieces(10) };
  const machines = await Promise.all([
    spawnMachine({ name: 'one', models: { counter } }),
    spawnMachine({ name: 'two' }),
    spawnMachine({ name: 'three' }),
  ]);
  const link = await pool.invite({ maxUses: 2 });
  const joins = await Promise.allSettled(
    machines.map((machine) => machine.control.memberships.join({ link })),
  );
  const refused = joins.flatMap((join) =>
    join.status === 'rejected' ? [join.reason as unknown] : [],
  );
  expect(refused).toEqual([expect.objectContaining({ reason: 'invite-used-up' })]);
  const late = machines[joins.findIndex(({ status }) => status === 'rejected')];
  if (late !== undefined) await joinPool(late, pool);
  await expect.poll(async () => (await pool.machines()).length).toBe(3);

  const outside = await control.pools.start({ name: 'Elsewhere' });
  const { key: outsider } = await control.server.createKey({ name: 'out', poolId: outside.id });
  const ask = (key: string, path: string, body?: object) =>
    fetch(`${origin}${path}`, {
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body && { method: 'POST', body: JSON.stringify(body) }),
    });
  const idsFor = async (key: string): Promise<readonly string[]> =>
    modelList.parse(await (await ask(key, '/v1/models')).json()).data.map(({ id }) => id);
  await expect.poll(() => idsFor(pool.key)).toContain('test/counter');
  expect(await idsFor(outsider)).toEqual([]);
  const question = { model: 'test/counter', messages: [{ role: 'user', content: 'Count' }] };
  const denied = await ask(outsider, '/v1/chat/completions', question);
  const unknown = await ask(outsider, '/v1/chat/completions', { ...question, model: 'test/none' });
  expect([denied.status, unknown.status]).toEqual([404, 404]);
  expect((await ask(pool.key, '/v1/chat/completions', question)).status).toBe(200);

  const [invite] = (await control.pools.invites({ id: pool.id })).invites;
  expect(JSON.stringify(invite)).not.toContain(link.slice(-20));
  const open = await pool.invite();
  const { invites } = await control.pools.invites({ id: pool.id });
  for (const { id, state } of invites)
    if (state === 'open') await control.pools.revokeInvite({ id });
  const visitor = await spawnMachine({ name: 'visitor' });
  await expect(visitor.control.memberships.join({ link: open })).rejects.toMatchObject({
    reason: 'invite-revoked',
  });
  const [first] = await pool.machines();
  await control.pools.revokeMachine({ id: first?.id ?? '' });
  await expect
    .poll(async () => (await pool.machines()).some(({ id }) => id === first?.id), patience)
    .toBe(false);
}, 180_000);
