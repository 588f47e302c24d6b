import type { Clock } from '../core/clock.ts';

export interface LoadSample {
  /** Epoch milliseconds. */
  readonly at: number;
  /** Memory that programs could still get, without swapping and within a container's limit. */
  readonly freeMemoryBytes: number;
}

export interface LoadSampler {
  /** The newest sample, taken now if it is older than the interval. */
  latest(): LoadSample;
  /** Samples as long as at least one listener is there; returns how to leave. */
  listen(listener: (sample: LoadSample) => void): () => void;
}

/** Idle machines must stay idle: samples are never closer together than this. */
export const sampleIntervalMs = 5000;

export function createLoadSampler(deps: {
  readonly clock: Clock;
  /** Tests say what the system would answer. */
  readonly readFreeMemory?: () => number;
}): LoadSampler {
  const { clock, readFreeMemory = () => process.availableMemory() } = deps;
  const listeners = new Set<(sample: LoadSample) => void>();
  let newest: LoadSample | undefined;
  let cancel: (() => void) | undefined;

  function latest(): LoadSample {
    const at = clock.now();
    if (newest === undefined || at - newest.at >= sampleIntervalMs) {
      newest = { at, freeMemoryBytes: readFreeMemory() };
    }
    return newest;
  }

  function schedule(): void {
    cancel = clock.after(sampleIntervalMs, () => {
      const sample = latest();
      for (const listener of listeners) listener(sample);
      schedule();
    });
  }

  return {
    latest,
    listen(listener) {
      listeners.add(listener);
      if (cancel === undefined) schedule();
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        cancel?.();
        cancel = undefined;
      };
    },
  };
}
