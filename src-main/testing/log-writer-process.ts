import type { RequestRecord } from '../contract/activity.ts';
import { newId } from '../core/identity.ts';
import { createLogWriter } from '../gateway/activity/log-writer.ts';
import { createSpoolFolder } from '../platform/spool-folder.ts';
import { systemClock } from '../platform/system-clock.ts';
import { openDatabase } from '../storage/open-database.ts';
import { createRequestLogStore } from '../storage/request-log-store.ts';
import { silentLogger } from './gateway-fixture.ts';
import { databaseWorkerFile } from './open-test-database.ts';

// A process of its own for tests that kill it: logs a request every few milliseconds and tells the parent.

const [file = '', spool = ''] = process.argv.slice(2);
const database = await openDatabase({ file, workerFile: databaseWorkerFile });
const writer = createLogWriter({
  store: createRequestLogStore(database),
  spool: createSpoolFolder({ folder: spool, maxBytes: 1e9 }),
  clock: systemClock,
  logger: silentLogger,
  onDropped: () => undefined,
});

setInterval(() => {
  const id = newId();
  const record: RequestRecord = {
    ...{ id, startedAt: Date.now(), caller: 'keyless', client: 'test', task: 'chat' },
    ...{ path: '/v1/chat/completions', model: 'guide', streamed: true, state: 'done' },
    ...{
      costMicros: 7,
      usage: { promptTokens: 1, cachedTokens: 0, completionTokens: 2, reasoningTokens: 0 },
    },
  };
  writer.add(record);
  process.send?.(id);
}, 4);
