import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { RequestRecord } from '../contract/activity.ts';
import { newId } from '../core/identity.ts';
import { createLogWriter } from '../gateway/activity/log-writer.ts';
import { createSpoolFolder } from '../platform/spool-folder.ts';
import { systemClock } from '../platform/system-clock.ts';
import { type Database, openDatabase } from '../storage/open-database.ts';
import { createRequestLogStore } from '../storage/request-log-store.ts';
import { createUsageStore } from '../storage/usage-store.ts';
import { silentLogger } from '../testing/gateway-fixture.ts';
import { databaseWorkerFile } from '../testing/open-test-database.ts';
import { patience } from '../testing/patience.ts';

let folder: string;
let file: string;
let spool: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millpond-e29-'));
  file = join(folder, 'millpond.db');
  spool = join(folder, 'spool');
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const open = () => openDatabase({ file, workerFile: databaseWorkerFile });

function startWriter(database: Database) {
  const troubles: (string | undefined)[] = [];
  const writer = createLogWriter({
    store: createRequestLogStore(database),
    spool: createSpoolFolder({ folder: spool, maxBytes: 1e9 }),
    clock: systemClock,
    logger: silentLogger,
    onDropped: () => undefined,
    onTrouble: (problem) => troubles.push(problem),
  });
  return { writer, troubles };
}

function record(): RequestRecord {
  return {
    ...{ id: newId(), startedAt: Date.now(), caller: 'keyless', client: 'test', task: 'chat' },
    ...{ path: '/v1', model: 'guide', streamed: true, state: 'done', costMicros: 7 },
  };
}

/** Requests in the log and in the sums, which always agree. */
async function counted(database: Database) {
  const log = await createRequestLogStore(database).query({ limit: 1000 });
  const points = await createUsageStore(database).points({ from: 0, to: 9e15 }, 'model', 'day', {});
  const summed = points.reduce((sum, point) => sum + point.sum.requests, 0);
  const cost = points.reduce((sum, point) => sum + point.sum.costMicros, 0);
  expect([summed, cost]).toEqual([log.total, 7 * log.total]);
  return log;
}

/** A connection of somebody else that locks the whole file until it is closed. */
function lockDatabase(): () => void {
  const other = new DatabaseSync(file, { timeout: 5000 });
  other.exec('begin immediate');
  return () => {
    other.close();
  };
}

describe('E29: usage on bad days', () => {
  test('E29: a locked database loses nothing, and takes it once when it is free again', async () => {
    const database = await open();
    const { writer, troubles } = startWriter(database);
    const unlock = lockDatabase();
    for (let index = 0; index < 50; index += 1) writer.add(record());
    await vi.waitFor(async () => {
      const reader = createSpoolFolder({ folder: spool, maxBytes: 1e9 });
      expect(await reader.seal()).toHaveLength(1);
    }, patience);
    expect(writer.waiting()).toBe(50);
    unlock();
    await vi.waitFor(() => {
      expect(writer.waiting()).toBe(0);
    }, patience);
    expect((await counted(database)).total).toBe(50);
    expect(troubles.filter((problem) => problem === undefined).length).toBeLessThanOrEqual(1);
    await writer.close();
    await database.destroy();
  });

  test('E29: a full database loses nothing', async () => {
    const database = await open();
    const { writer, troubles } = startWriter(database);
    // The writing connection, not the reading one: a transaction uses it.
    const limit = (pages: string) =>
      database
        .transaction()
        .execute((transaction) => sql.raw(`pragma max_page_count = ${pages}`).execute(transaction));
    await limit('1');
    for (let index = 0; index < 400; index += 1) writer.add(record());
    await vi.waitFor(() => {
      expect(troubles).toEqual([expect.stringContaining('full')]);
    }, patience);
    await limit('1000000');
    await vi.waitFor(() => {
      expect(troubles).toHaveLength(2);
      expect(writer.waiting()).toBe(0);
    }, patience);
    expect((await counted(database)).total).toBe(400);
    await writer.close();
    await database.destroy();
  });

  test('E29: a deleted database is noticed, and a new one gets what was used since', async () => {
    const database = await open();
    const { writer, troubles } = startWriter(database);
    writer.add(record());
    await vi.waitFor(() => {
      expect(writer.waiting()).toBe(0);
    }, patience);
    await rename(file, join(folder, 'gone.db'));
    for (let index = 0; index < 20; index += 1) writer.add(record());
    await vi.waitFor(() => {
      expect(troubles).toEqual([expect.stringContaining('deleted')]);
    }, patience);
    await writer.close();
    await database.destroy();
    await rm(`${file}-wal`, { force: true });
    await rm(`${file}-shm`, { force: true });
    const fresh = await open();
    const next = startWriter(fresh);
    await next.writer.recover();
    expect((await counted(fresh)).total).toBe(20);
    await next.writer.close();
    await fresh.destroy();
  });

  test.each(['free', 'locked'])(
    'E29: kill -9 loses at most the last second, with a database that is %s',
    async (state) => {
      await (await open()).destroy();
      const script = join(import.meta.dirname, '../testing/log-writer-process.ts');
      const child = fork(script, [file, spool], { stdio: 'inherit' });
      const logged: { readonly id: string; readonly at: number }[] = [];
      let unlock = (): void => {};
      const enough = new Promise<void>((resolve) => {
        child.on('message', (id) => {
          if (typeof id === 'string') logged.push({ id, at: performance.now() });
          if (state === 'locked' && logged.length === 20) unlock = lockDatabase();
          if (logged.length === 600) resolve();
        });
      });
      await enough;
      const killedAt = performance.now();
      child.kill('SIGKILL');
      await once(child, 'exit');
      unlock();
      const database = await open();
      const { writer } = startWriter(database);
      await writer.recover();
      const { requests } = await counted(database);
      const kept = new Set(requests.map(({ id }) => id));
      const lost = logged.filter(({ id, at }) => at < killedAt - 1000 && !kept.has(id));
      expect(lost).toEqual([]);
      expect(logged.some(({ at }) => at < killedAt - 1000)).toBe(true);
      await writer.close();
      await database.destroy();
    },
    40_000,
  );
});
