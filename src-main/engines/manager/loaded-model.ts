import type { InferenceEngine } from '../engine.ts';

/** A loaded model in numbers. */
export interface LoadedModel {
  readonly contextLength: number;
  readonly slots: number;
  readonly busySlots: number;
  readonly queued: number;
  readonly predictedBytes?: number;
  readonly measuredBytes?: number;
  readonly device: string;
  /** Epoch milliseconds. */
  readonly lastUsedAt: number;
}

interface Occupancy {
  readonly running: number;
  readonly waiting: number;
  readonly predictedBytes: number | undefined;
  readonly lastUsedAt: number;
}

export function describeLoaded(engine: InferenceEngine, occupancy: Occupancy): LoadedModel {
  const { contextLength, slots, device } = engine.facts;
  const { running, waiting, predictedBytes, lastUsedAt } = occupancy;
  const measuredBytes = engine.residentBytes();
  return {
    contextLength,
    slots,
    busySlots: running,
    queued: waiting,
    ...(predictedBytes !== undefined && { predictedBytes }),
    ...(measuredBytes !== undefined && { measuredBytes }),
    device,
    lastUsedAt,
  };
}
