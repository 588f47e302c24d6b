import { Worker } from 'node:worker_threads';
import { MillpondError } from '../../core/error.ts';
import type { ExtractedText, TextExtractor } from '../ports.ts';
import type { ExtractionJob, ExtractionResult } from './extraction-worker.ts';

const timeLimitMs = 60_000;
const memoryLimitMb = 1_024;
const growthLimitMb = 1_024;
const growthCheckMs = 50;

interface WorkerExtractorOptions {
  /** The entry `attachment-worker` (`entryFile` of platform/program-files). */
  readonly workerFile: string;
  /** A minute unless given. */
  readonly timeLimitMs?: number;
  /** Of the thread's own heap; 1,024 unless given. */
  readonly memoryLimitMb?: number;
  /** By how much this whole process may grow meanwhile; 1,024 unless given. */
  readonly growthLimitMb?: number;
}

/**
 * Reads each file in a worker thread of its own, with limits on time and memory: a file made to
 * crash or hang its reader costs that thread and nothing else.
 */
export function createWorkerTextExtractor(options: WorkerExtractorOptions): TextExtractor {
  return { extract: (name, body) => extractIn(options, { name, body }) };
}

async function extractIn(
  { workerFile, ...limits }: WorkerExtractorOptions,
  job: ExtractionJob,
): Promise<ExtractedText> {
  const worker = new Worker(workerFile, {
    workerData: job,
    name: 'attachment',
    resourceLimits: { maxOldGenerationSizeMb: limits.memoryLimitMb ?? memoryLimitMb },
    stdout: true, // what the libraries print is nobody's concern
    stderr: true,
  });
  const growth = watchGrowth(limits.growthLimitMb ?? growthLimitMb);
  const overdue = AbortSignal.timeout(limits.timeLimitMs ?? timeLimitMs);
  try {
    const result = await new Promise<ExtractionResult>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', (cause: unknown) => reject(readerDied(job.name, cause)));
      worker.once('exit', () => reject(readerDied(job.name)));
      growth.onExceeded(() => reject(tooMuch(job.name, 'memory')));
      overdue.addEventListener('abort', () => reject(tooMuch(job.name, 'time')), { once: true });
    });
    if (result.type === 'refused') throw MillpondError.fromBody(result.error);
    return result.text;
  } finally {
    growth.stop();
    await worker.terminate();
  }
}

/**
 * What an archive unpacks to lies in buffers, which no limit of a thread counts: only the size of
 * the process tells that a small file has become a large one.
 */
function watchGrowth(limitMb: number) {
  const mostBytes = process.memoryUsage.rss() + limitMb * 1024 * 1024;
  const exceeded = Promise.withResolvers<undefined>();
  const timer = setInterval(() => {
    if (process.memoryUsage.rss() > mostBytes) exceeded.resolve(undefined);
  }, growthCheckMs);
  return {
    onExceeded: (listener: () => void) => void exceeded.promise.then(listener),
    stop: () => {
      clearInterval(timer);
    },
  };
}

function readerDied(name: string, cause?: unknown): MillpondError {
  if (cause instanceof Error && 'code' in cause && cause.code === 'ERR_WORKER_OUT_OF_MEMORY') {
    return tooMuch(name, 'memory', cause);
  }
  return new MillpondError('internal', `“${name}” could not be read; the log has the details.`, {
    cause,
  });
}

function tooMuch(name: string, what: 'time' | 'memory', cause?: unknown): MillpondError {
  return new MillpondError(
    'too-large',
    `Reading “${name}” takes too much ${what}. Attach a smaller part of it.`,
    { cause },
  );
}
