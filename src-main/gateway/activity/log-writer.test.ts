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

function setUp() {
  const clock = createFakeClock();
  const { requestLog } = createMemoryStores();
  let isDown = false;
  let dropped = 0;
  const writer = createLogWriter({
    store: {
      ...requestLog,
      append: (records) =>
        isDown ? Promise.reject(new Error('disk gone')) : requestLog.append(records),
    },
    clock,
    logger: silentLogger,
    onDropped: (records) => {
      dropped += records;
    },
  });
  return {
    clock,
    writer,
    stored: () => requestLog.records.map((record) => record.startedAt),
    setDown: (value: boolean) => {
      isDown = value;
    },
    dropped: () => dropped,
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
    for (let index = 0; index < 10_007; index += 1) writer.add(recordOf(index));
    expect(writer.pending()).toHaveLength(10_000);
    expect(dropped()).toBe(7);
    await writer.close();
    expect(dropped()).toBe(10_007);
  });

  test('is complete once it was closed', async () => {
    const { writer, stored } = setUp();
    writer.add(recordOf(1));
    await writer.close();
    expect(stored()).toEqual([1]);
  });
});
