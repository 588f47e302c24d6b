import { Worker } from 'node:worker_threads';
import { MillpondError } from '../core/error.ts';
import type { AmdCard } from './amdgpu-sysfs.ts';
import type { Controller } from './merge-gpus.ts';
import type { NvidiaCard } from './nvidia-smi.ts';

/** What system and vendors' tools were asked; a part that failed or was slow is undefined. */
export interface SystemAnswers {
  readonly os: { readonly distro: string; readonly release: string } | undefined;
  readonly cpu:
    | {
        readonly brand: string;
        readonly manufacturer?: string;
        readonly physicalCores: number;
        readonly performanceCores?: number;
        readonly flags?: string;
      }
    | undefined;
  readonly controllers: readonly Controller[] | undefined;
  readonly nvidia: readonly NvidiaCard[];
  readonly amd: readonly AmdCard[];
}

export interface SystemBattery {
  readonly hasBattery: boolean;
  readonly isCharging: boolean;
  readonly acConnected: boolean;
  /** 0 to 100. */
  readonly percent: number;
}

export type SystemQuestion = 'parts' | 'battery';

export interface SystemReader {
  /** Rejects when the system did not answer in time. */
  parts(): Promise<SystemAnswers>;
  battery(): Promise<SystemBattery>;
}

const answerLimitMs = 15_000;

/**
 * Asks in a worker thread that ends with its answer: the library behind it waits for programs
 * synchronously, so that a graphics driver that hangs would stop every stream of the runtime, and its
 * code stays in memory for as long as its thread.
 */
export function createSystemReader({ workerFile }: { readonly workerFile: string }): SystemReader {
  async function ask<T>(question: SystemQuestion): Promise<T> {
    const worker = new Worker(workerFile, { workerData: question, name: 'hardware' });
    worker.unref();
    const tooLate = AbortSignal.timeout(answerLimitMs);
    try {
      return await new Promise<T>((resolve, reject) => {
        worker.once('message', resolve);
        worker.once('error', (cause) => {
          reject(noAnswer(cause));
        });
        worker.once('exit', () => {
          reject(noAnswer());
        });
        tooLate.addEventListener(
          'abort',
          () => {
            reject(noAnswer());
          },
          { once: true },
        );
      });
    } finally {
      void worker.terminate();
    }
  }
  return { parts: () => ask('parts'), battery: () => ask('battery') };
}

function noAnswer(cause?: unknown): MillpondError {
  return new MillpondError('unavailable', 'The system did not say what this machine is made of', {
    cause,
  });
}
