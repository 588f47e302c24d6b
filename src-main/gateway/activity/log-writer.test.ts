import { describe, expect, test } from 'vitest';
import type { RequestRecord } from '../../contract/activity.ts';
import { createFakeClock } from '../../testing/fake-clock.ts';
import { silentLogger } from '../../testing/gateway-fixture.ts';
import { createMemoryStores } from '../../testing/memory-stores.ts';
import { createLogWriter } from './log-writer.ts';

function recordOf(startedAt: number): RequestRecord {
  return {
    id: `0190a000-0000-7000-8000-${startedAt.toString().padStart(12, '0')}`,
    startedAt,
    caller: 'keyless',
    client: 'test',
    task: 'chat',
    path: '/v1/chat/completions',
    model: 'guide',
    streamed: false,
    state: 'done',
  };
}

/** Lines in memory that outlive a writer, as a folder does. */
function memorySpool() {
  const files = new Map<string, string[]>();
  let open: string[] | undefined;
  const spool = {
    isBroken: false,
    append: (lines: readonly string[]) => {
      if (spool.isBroken) return Promise.reject(new Error('disk full'));
      if (open === undefined) {
        open = [];
        files.set(files.size.toString(), open);
      }
      open.push(...lines);
      return Promise.resolve();
    },
    seal: () => {
      open = undefined;
      return Promise.resolve([...files.keys()]);
    },
    read: (name: string) => Promise.resolve(files.get(name) ?? []),
    remove: (name: string) => {
      files.delete(name);
      return Promise.resolve();
    },
    lines: () => [...files.values()].flat(),
  };
  return spool;
}

function setUp(spool?: ReturnType<typeof memorySpool>) {
  const clock = createFakeClock();
  const { requestLog } = createMemoryStores();
  let isDown = false;
  let dropped = 0;
  let hangs: Promise<void> | undefined;
  const troubles: (string | undefined)[] = [];
  const writer = createLogWriter({
    store: {
      ...requestLog,
      append: async (records) => {
        await hangs;
        if (isDown) throw new Error('disk gone');
        await requestLog.append(records);
      },
    },
    clock,
    logger: silentLogger,
    onDropped: (records) => {
      dropped += records;
    },
    onTrouble: (problem) => troubles.push(problem),
    ...(spool && { spool }),
  });
  return {
    troubles,
    clock,
    writer,
    stored: () => requestLog.records.map((record) => record.startedAt),
    setDown: (value: boolean) => {
      isDown = value;
    },
    dropped: () => dropped,
    hang: (until: Promise<void> | undefined) => {
      hangs = until;
    },
  };
}

describe('the request log', () => {
  test('is written in one batch shortly after', async () => {
    const { writer, clock, stored } = setUp();
    for (const startedAt of [1, 2, 3]) writer.add(recordOf(startedAt));
    expect(stored()).toEqual([]);
    await clock.advance(250);
    expect(stored()).toEqual([1, 2, 3]);
    expect(writer.pending()).toEqual([]);
  });

  test('keeps records while its store is down and writes them in order afterwards', async () => {
    const { writer, clock, stored, setDown } = setUp();
    setDown(true);
    writer.add(recordOf(1));
    await clock.advance(250);
    writer.add(recordOf(2));
    expect(writer.pending()).toHaveLength(2);
    setDown(false);
    await clock.advance(5000);
    expect(stored()).toEqual([1, 2]);
  });

  test('drops and counts what does not fit, instead of growing', async () => {
    const { writer, setDown, dropped } = setUp();
    setDown(true);
    for (let index = 0; index < 100_007; index += 1) writer.add(recordOf(index));
    expect(writer.pending()).toHaveLength(100_000);
    expect(dropped()).toBe(7);
    await writer.close();
    expect(dropped()).toBe(100_007);
  });

  test('is complete once it was closed', async () => {
    const { writer, stored } = setUp();
    writer.add(recordOf(1));
    await writer.close();
    expect(stored()).toEqual([1]);
  });
});

describe('while its store takes nothing, the request log', () => {
  test('lies on the disk within half a second, and is stored once when the store is back', async () => {
    const spool = memorySpool();
    const { writer, clock, stored, setDown, troubles } = setUp(spool);
    setDown(true);
    writer.add(recordOf(1));
    await clock.advance(250);
    expect(spool.lines()).toHaveLength(1);
    await clock.advance(100);
    writer.add(recordOf(2));
    await clock.advance(250);
    expect(spool.lines()).toHaveLength(2);
    expect(writer.pending().map(({ startedAt }) => startedAt)).toEqual([1, 2]);
    expect(writer.waiting()).toBe(2);
    expect(troubles).toEqual(['disk gone']);
    setDown(false);
    await clock.advance(6000);
    expect(stored()).toEqual([1, 2]);
    expect(spool.lines()).toEqual([]);
    expect(writer.waiting()).toBe(0);
    expect(troubles).toEqual(['disk gone', undefined]);
    writer.add(recordOf(3));
    await clock.advance(250);
    expect(stored()).toEqual([1, 2, 3]);
  });

  test('is on the disk before a slow store has answered, and counts once', async () => {
    const spool = memorySpool();
    const { writer, clock, stored, hang } = setUp(spool);
    let release = (): void => {};
    hang(
      new Promise((resolve) => {
        release = resolve;
      }),
    );
    writer.add(recordOf(1));
    await clock.advance(700);
    expect(spool.lines()).toHaveLength(1);
    expect(writer.waiting()).toBe(1);
    writer.add(recordOf(2));
    await clock.advance(300);
    expect(spool.lines()).toHaveLength(2);
    hang(undefined);
    release();
    await clock.advance(6000);
    expect(stored()).toEqual([1, 2]);
    expect(spool.lines()).toEqual([]);
  });

  test('is recovered by the next process, damaged lines left out', async () => {
    const spool = memorySpool();
    const before = setUp(spool);
    before.setDown(true);
    before.writer.add(recordOf(1));
    await before.clock.advance(250);
    await spool.append(['{"id":"torn', '{"id":"no record"}']);
    const after = setUp(spool);
    await after.writer.recover();
    expect(after.stored()).toEqual([1]);
    expect(spool.lines()).toEqual([]);
  });

  test('waits in memory while the disk takes nothing either', async () => {
    const spool = memorySpool();
    const { writer, clock, stored, setDown } = setUp(spool);
    setDown(true);
    spool.isBroken = true;
    writer.add(recordOf(1));
    await clock.advance(20_000);
    expect(writer.waiting()).toBe(1);
    setDown(false);
    spool.isBroken = false;
    await clock.advance(6000);
    expect(stored()).toEqual([1]);
  });

  test('is left on the disk at the end', async () => {
    const spool = memorySpool();
    const { writer, setDown, dropped } = setUp(spool);
    setDown(true);
    writer.add(recordOf(1));
    await writer.close();
    expect(spool.lines()).toHaveLength(1);
    expect(dropped()).toBe(0);
  });
});
