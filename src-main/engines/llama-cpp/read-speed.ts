import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';

/** Larger than the last cache of common processors, both halves together. */
const halfBytes = 96 * 1024 * 1024;
/** How long the threads read. */
const readMs = 120;
/** A worker that does not answer by then leaves its share out. */
const patienceMs = 2000;

/**
 * Compares two equal halves of memory again and again: the comparison has to read every byte of both
 * and is written in vector instructions, so memory is what it waits for.
 */
const reader = `
const { parentPort, workerData } = require('node:worker_threads');
const { halfBytes, readMs } = workerData;
const [a, b] = [Buffer.alloc(halfBytes, 1), Buffer.alloc(halfBytes, 1)];
const startedAt = performance.now();
let bytes = 0;
let elapsedMs = 0;
do {
  if (a.compare(b) !== 0) throw new Error('memory changed');
  bytes += 2 * halfBytes;
  elapsedMs = performance.now() - startedAt;
} while (elapsedMs < readMs);
parentPort.postMessage((bytes / elapsedMs) * 1000);
`;

/** Bytes of main memory that so many threads read per second together. Takes about 0.2 s. */
export async function measureReadSpeed(threads: number): Promise<number> {
  const count = Math.max(1, Math.min(threads, availableParallelism()));
  const share = Math.floor(halfBytes / count);
  const speeds = await Promise.all(Array.from({ length: count }, () => readAlone(share)));
  return speeds.reduce((sum, speed) => sum + speed, 0);
}

async function readAlone(shareBytes: number): Promise<number> {
  const worker = new Worker(reader, { eval: true, workerData: { halfBytes: shareBytes, readMs } });
  try {
    return await new Promise<number>((resolve, reject) => {
      const timer = setTimeout(() => {
        resolve(0);
      }, patienceMs);
      worker.once('message', (speed: unknown) => {
        clearTimeout(timer);
        resolve(typeof speed === 'number' ? speed : 0);
      });
      worker.once('error', reject);
    });
  } finally {
    await worker.terminate();
  }
}
