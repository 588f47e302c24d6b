import type { RequestRecord } from '../../contract/activity.ts';
import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import type { RequestLogStore } from '../ports.ts';

/** Writes ended requests in batches, off the hot path. */
export interface LogWriter {
  /** Never waits and never throws; a full buffer drops the record and counts it. */
  readonly add: (record: RequestRecord) => void;
  /** Records not stored yet, oldest first. */
  pending(): readonly RequestRecord[];
  /** Writes what is left. Called once, at the end. */
  close(): Promise<void>;
}

interface LogWriterDeps {
  readonly store: RequestLogStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onDropped: (records: number) => void;
}

const maxPending = 10_000;
const maxBatch = 500;
const writeAfterMs = 250;
const retryAfterMs = 5000;

export function createLogWriter(deps: LogWriterDeps): LogWriter {
  let buffer: RequestRecord[] = [];
  let stopTimer: (() => void) | undefined;
  let writing: Promise<void> | undefined;
  let isClosed = false;

  const schedule = (delayMs: number): void => {
    if (isClosed || stopTimer !== undefined) return;
    stopTimer = deps.clock.after(delayMs, () => {
      stopTimer = undefined;
      void flush();
    });
  };

  /** True when everything was written. One writer at a time keeps the order. */
  async function writeAll(): Promise<boolean> {
    while (buffer.length > 0) {
      const batch = buffer.slice(0, maxBatch);
      try {
        await deps.store.append(batch);
      } catch (error) {
        deps.logger.warn({ err: error, pending: buffer.length }, 'request log is not writable');
        return false;
      }
      buffer = buffer.slice(batch.length);
    }
    return true;
  }

  function flush(): Promise<void> {
    writing ??= writeAll().then((isDone) => {
      writing = undefined;
      if (!isDone) schedule(retryAfterMs);
      else if (buffer.length > 0) schedule(0);
    });
    return writing;
  }

  return {
    add(record) {
      if (buffer.length >= maxPending) {
        deps.onDropped(1);
        return;
      }
      buffer.push(record);
      schedule(writeAfterMs);
    },
    pending: () => buffer,
    async close() {
      isClosed = true;
      stopTimer?.();
      await writing;
      if (!(await writeAll())) deps.onDropped(buffer.length);
    },
  };
}
