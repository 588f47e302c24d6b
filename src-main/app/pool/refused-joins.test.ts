import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { formatInviteLink, parseInviteLink } from '../../tunnel/identity/invite-link.ts';
import type { InviteLink } from '../../tunnel/identity/invite-link.ts';
import { MillpondError } from '../../core/error.ts';
import { joinPool, openTestPool, spawnMachine } from '../../testing/pool-fixture.ts';
import type { SpawnedRuntime } from '../../testing/spawn-runtime.ts';
import { patience } from '../../testing/patience.ts';

const dayMs = 24 * 60 * 60_000;

/** Exactly one sentence of a certain length, without a stack, an id or a status in it. */
const oneSentence = /^[A-Z“][^\n]{20,240}$/;

function logOf({ home }: SpawnedRuntime): string {
  const folder = join(home, 'logs');
  return readdirSync(folder)
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .join('\n');
}

const altered = (link: string, change: (invite: InviteLink) => Partial<InviteLink>): string => {
  const invite = parseInviteLink(link);
  return formatInviteLink({ ...invite, ...change(invite) });
};

test('whoever may not join is told why in one sentence, on the machine and in the log of the gateway', async () => {
  const pool = await openTestPool();
  const { pools } = pool.gateway.control;
  const machine = await spawnMachine({ name: 'home' });
  const refusal = async (link: string, from = machine) => {
    const failed = from.control.memberships.join({ link });
    return failed.then(
      () => ({ reason: 'it was let in', message: '' }),
      (error: unknown) => {
        const { reason = '', message } = MillpondError.from(error);
        return { reason, message };
      },
    );
  };
  const good = await pool.invite();
  const usedUp = await pool.invite({ maxUses: 1 });
  const guest = await spawnMachine({ name: 'guest' });
  await joinPool(guest, pool, { link: usedUp });
  const revoked = await pool.invite();
  const { invites } = await pools.invites({ id: pool.id });
  const secret = parseInviteLink(revoked).secret;
  const id = invites.find(({ prefix }) => secret.startsWith(prefix))?.id ?? '';
  await pools.revokeInvite({ id });
  const expiresAt = Date.now() + 5_000;
  const expired = await pool.invite({ expiresAt });
  const older = await spawnMachine({ name: 'older', alteration: { protocolVersion: 0 } });

  await expect.poll(() => Date.now(), patience).toBeGreaterThan(expiresAt);
  const told = {
    'invalid-invite': await refusal(altered(good, () => ({ secret: 'nobody-made-this-one' }))),
    'invite-expired': await refusal(expired),
    'invite-used-up': await refusal(usedUp),
    'invite-revoked': await refusal(revoked),
    'version-too-old': await refusal(good, older),
  };
  const log = logOf(pool.gateway);
  for (const [reason, { reason: saidReason, message }] of Object.entries(told)) {
    expect(saidReason).toBe(reason);
    expect(message).toMatch(oneSentence);
    expect(log).toContain(JSON.stringify(message).slice(1, -1));
  }
  expect(new Set(Object.values(told).map(({ message }) => message)).size).toBe(5);

  const strange = await refusal(
    altered(good, ({ gateway }) => ({
      gateway: { ...gateway, trust: { kind: 'pin', spki: 'A'.repeat(43) } },
    })),
  );
  expect(strange.reason).toBe('wrong-gateway');
  expect(strange.message).toMatch(/nothing was sent to it/);
  expect(await pool.machines()).toHaveLength(1);
  // The control: the same machine with the same invite, unaltered.
  await joinPool(machine, pool, { link: good });
}, 120_000);

test('a machine whose date is a day off is let in, and its owner and the pool’s can see it', async () => {
  const pool = await openTestPool();
  const late = await spawnMachine({ name: 'late', alteration: { aheadMs: -dayMs } });
  await joinPool(late, pool);
  const seen = await pool.machine('late');
  expect(seen?.clockSkewMs).toBeLessThan(-dayMs + 60_000);
  expect(seen?.clockSkewMs).toBeGreaterThan(-dayMs - 60_000);
  expect(logOf(pool.gateway)).toContain('clock of the device is off');
}, 120_000);
