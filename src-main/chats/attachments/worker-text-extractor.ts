import { Worker } from 'node:worker_threads';
import { MillpondError } from '../../core/error.ts';
import type { ExtractedText, TextExtractor } from '../ports.ts';
import type { ExtractionJob, ExtractionResult } from './extraction-worker.ts';

const timeLimitMs = 60_000;
const memoryLimitMb = 1_024;

interface WorkerExtractorOptions {
  /** The entry `attachment-worker` (`entryFile` of platform/program-files). */
  readonly workerFile: string;
  /** A minute unless given. */
  readonly timeLimitMs?: number;
}

/**
 * Reads each file in a worker thread of its own, with limits on time and memory: a file made to
 * crash or hang its reader costs that thread and nothing else.
 */
export function createWorkerTextExtractor(options: WorkerExtractorOptions): TextExtractor {
  const limitMs = options.timeLimitMs ?? timeLimitMs;
  return {
    extract: (name, body) => extractIn(options.workerFile, { name, body }, limitMs),
  };
}

async function extractIn(
  workerFile: string,
  job: ExtractionJob,
  limitMs: number,
): Promise<ExtractedText> {
  const worker = new Worker(workerFile, {
    workerData: job,
    name: 'attachment',
    resourceLimits: { maxOldGenerationSizeMb: memoryLimitMb },
    stdout: true, // what the libraries print is nobody's concern
    stderr: true,
  });
  const overdue = AbortSignal.timeout(limitMs);
  try {
    const result = await new Promise<ExtractionResult>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', (cause) => reject(tooMuch(job.name, 'memory', cause)));
      worker.once('exit', () => reject(tooMuch(job.name, 'memory')));
      overdue.addEventListener('abort', () => reject(tooMuch(job.name, 'time')), { once: true });
    });
    if (result.type === 'refused') throw MillpondError.fromBody(result.error);
    return result.text;
  } finally {
    await worker.terminate();
  }
}

function tooMuch(name: string, what: 'time' | 'memory', cause?: unknown): MillpondError {
  return new MillpondError(
    'too-large',
    `Reading “${name}” takes too much ${what}. Attach a smaller part of it.`,
    { cause },
  );
}
