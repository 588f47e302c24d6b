import type { EngineKind } from '../../core/model.ts';
import type { StartedModel } from './model-starter.ts';
import type { MemoryNeed } from './residency.ts';

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
  /** As it was predicted; undefined when it takes nothing. */
  readonly need: MemoryNeed | undefined;
  readonly lastUsedAt: number;
}

export function describeLoaded(
  { engine, kind, lessons }: StartedModel,
  { running, waiting, need, lastUsedAt }: Occupancy,
): LoadedModel {
  const { contextLength, slots, device } = engine.facts;
  const { predictedTokensPerSecond, measuredTokensPerSecond, isLearned } = lessons;
  const measuredBytes = engine.residentBytes();
  return {
    contextLength,
    slots,
    busySlots: running,
    queued: waiting,
    ...(need !== undefined && { predictedBytes: need.cpuBytes + need.gpuBytes }),
    ...(measuredBytes !== undefined && { measuredBytes }),
    device,
    engine: kind,
    ...(predictedTokensPerSecond !== undefined && { predictedTokensPerSecond }),
    ...(measuredTokensPerSecond !== undefined && { measuredTokensPerSecond }),
    isLearned,
    lastUsedAt,
  };
}
