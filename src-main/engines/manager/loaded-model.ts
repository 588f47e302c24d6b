import type { EngineKind } from '../../core/model.ts';
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
  readonly engine: EngineKind;
  /** Of one answer alone. Both are absent until they are known. */
  readonly predictedTokensPerSecond?: number;
  readonly measuredTokensPerSecond?: number;
  /** What it took was learnt: the next prediction on this machine knows it. */
  readonly isLearned: boolean;
  /** Epoch milliseconds. */
  readonly lastUsedAt: number;
}

interface Occupancy {
  readonly running: number;
  readonly waiting: number;
  readonly kind: EngineKind;
  readonly predictedBytes: number | undefined;
  readonly predictedTokensPerSecond: number | undefined;
  readonly measuredTokensPerSecond: number | undefined;
  readonly isLearned: boolean;
  readonly lastUsedAt: number;
}

export function describeLoaded(engine: InferenceEngine, occupancy: Occupancy): LoadedModel {
  const { contextLength, slots, device } = engine.facts;
  const { running, waiting, kind, isLearned, lastUsedAt } = occupancy;
  const { predictedBytes, predictedTokensPerSecond, measuredTokensPerSecond } = occupancy;
  const measuredBytes = engine.residentBytes();
  return {
    contextLength,
    slots,
    busySlots: running,
    queued: waiting,
    ...(predictedBytes !== undefined && { predictedBytes }),
    ...(measuredBytes !== undefined && { measuredBytes }),
    device,
    engine: kind,
    ...(predictedTokensPerSecond !== undefined && { predictedTokensPerSecond }),
    ...(measuredTokensPerSecond !== undefined && { measuredTokensPerSecond }),
    isLearned,
    lastUsedAt,
  };
}
