import { readFileSync, readdirSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openChatStream } from '../../testing/chat-stream.ts';
import { membershipOf, openTestPool, spawnMachine } from '../../testing/pool-fixture.ts';
import { countingPieces } from '../../testing/scripted-gguf.ts';
import { promisedMs } from '../../testing/patience.ts';

/** TCP sockets of a process and its children on which anybody could dial in, as `address:port` in hex. */
function listeningSockets(pid: number): string[] {
  const inodes = new Set(
    familyOf(pid).flatMap((each) =>
      readdirSync(`/proc/${each}/fd`).flatMap((fd) => {
        try {
          return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${each}/fd/${fd}`))?.[1] ?? [];
        } catch {
          return []; // closed since the folder was read
        }
      }),
    ),
  );
  const listening = '0A';
  return ['tcp', 'tcp6'].flatMap((table) =>
    readFileSync(`/proc/${pid}/net/${table}`, 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter((columns) => columns[3] === listening && inodes.has(columns[9] ?? ''))
      .map((columns) => columns[1] ?? ''),
  );
}

function familyOf(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return [pid, ...children.split(' ').filter(Boolean).map(Number).flatMap(familyOf)];
}

const loopbackInHex = /^(?:0100007F|0{24}01000000):/;

const withinTenSeconds = { timeout: promisedMs(10_000) };

test('E2: a machine that nobody can dial into joins by a link, is seen whole and answers', async () => {
  const pool = await openTestPool();
  const count = { says: countingPieces(40) };
  const machine = await spawnMachine({ name: 'home', models: { counter: count } });
  const link = await pool.invite({ maxUses: 1 });
  const preview = await machine.control.memberships.preview({ link });
  expect(preview).toMatchObject({ poolName: 'Lab', gatewayName: 'host', isAlreadyJoined: false });
  expect(pool.relay.accepted).toBe(0);

  const joined = await machine.control.memberships.join({ link, personName: 'Bea' });
  expect(joined).toMatchObject({ poolName: 'Lab', personName: 'Bea', isSharing: true });
  const address = `127.0.0.1:${pool.relay.port}`;
  await expect
    .poll(async () => (await membershipOf(machine))?.link, withinTenSeconds)
    .toMatchObject({ phase: 'online', address });
  const offered = async () =>
    (await pool.machine('home'))?.models.find(({ id }) => id === 'test/counter');
  await expect
    .poll(offered, withinTenSeconds)
    .toMatchObject({ name: 'counter', state: { phase: 'installed' }, slots: 4, busySlots: 0 });
  const seen = await pool.machine('home');
  expect(seen).toMatchObject({ phase: 'online', personName: 'Bea', trust: 'trusted' });
  expect(seen?.hardware).toMatch(/\w/);
  expect(seen?.slots).toBeGreaterThan(0);
  expect(seen?.version).toMatch(/^\d+\.\d+\.\d+$/);

  const answer = await openChatStream(
    { ...pool.gateway, key: pool.key },
    { model: 'test/counter' },
  );
  await answer.ended;
  expect(answer.error).toBeUndefined();
  expect(answer).toMatchObject({ status: 200, isDone: true, finishReason: 'stop' });
  expect(answer.text).toBe(countingPieces(40).join(''));
  const { requests } = await pool.gateway.control.activity.list({});
  expect(requests[0]).toMatchObject({ state: 'done', machine: 'home', poolId: pool.id });
  await expect
    .poll(async () => (await offered())?.state, withinTenSeconds)
    .toEqual({ phase: 'ready' });

  const other = await spawnMachine({ name: 'other' });
  await expect(other.control.memberships.join({ link })).rejects.toMatchObject({
    code: 'forbidden',
    reason: 'invite-used-up',
  });
  for (const file of ['secret.key', 'secrets.json', 'millpond.db']) {
    expect(statSync(join(machine.home, file)).mode & 0o077, file).toBe(0);
  }
  if (process.platform !== 'linux') return;
  const doors = listeningSockets(machine.pid);
  expect(doors.length).toBeGreaterThan(0);
  expect(doors.filter((door) => !loopbackInHex.test(door))).toEqual([]);
  // The control: the gateway's public port is a door that this finds.
  expect(listeningSockets(pool.gateway.pid).some((door) => !loopbackInHex.test(door))).toBe(true);
}, 120_000);
