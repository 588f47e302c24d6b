import { afterEach, beforeEach, expect, test } from 'vitest';
import { openTestDatabase } from '../testing/open-test-database.ts';
import { createRequestLogStore } from './request-log-store.ts';
import { readModelUses } from './model-uses.ts';

let opened: Awaited<ReturnType<typeof openTestDatabase>>;
beforeEach(async () => {
  opened = await openTestDatabase();
});
afterEach(() => opened[Symbol.asyncDispose]());

test('knows the newest answer of each model, and nothing of failures', async () => {
  const log = createRequestLogStore(opened.database);
  const record = (id: number, model: string, startedAt: number, state: 'done' | 'failed') => ({
    ...{ id: `01890000-0000-7000-8000-00000000000${String(id)}`, model, startedAt, state },
    ...{ caller: 'window', client: 'Millpond', task: 'chat' as const, path: '/', streamed: true },
  });
  await log.append([
    record(1, 'guide', 10, 'done'),
    record(2, 'guide', 30, 'done'),
    record(3, 'guide', 40, 'failed'),
    record(4, 'other', 20, 'done'),
  ]);
  expect(await readModelUses(opened.database)).toEqual(
    new Map([
      ['guide', 30],
      ['other', 20],
    ]),
  );
});
