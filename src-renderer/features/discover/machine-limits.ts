import type { MachineStatus } from '../../api.ts';

export interface ComfortLimits {
  /** Files up to here answer at this machine's best pace. */
  readonly comfortableBytes: number;
  /** Files up to here run too, but slower; absent where it is no more than the former. */
  readonly possibleBytes: number | undefined;
}

/** Beside the file a model needs room for its context and for the engine: about a fifth. */
const fileShare = 0.8;

/** A rule of thumb has no decimals; only small machines need them. */
function about(bytes: number): number {
  return bytes >= 3e9 ? Math.floor(bytes / 1e9) * 1e9 : bytes;
}

/**
 * How large a file may be on this machine, reckoned from what its engines may take. Undefined while
 * that is unknown.
 */
export function comfortLimits(
  machine: Pick<MachineStatus, 'gpuBudgetBytes' | 'memoryBudgetBytes' | 'hasUnifiedMemory'>,
): ComfortLimits | undefined {
  const { memoryBudgetBytes, hasUnifiedMemory } = machine;
  const gpuBytes = hasUnifiedMemory ? 0 : (machine.gpuBudgetBytes ?? 0);
  const fastest = gpuBytes > 0 ? gpuBytes : memoryBudgetBytes;
  if (!(fastest > 0)) return undefined;
  return {
    comfortableBytes: about(fastest * fileShare),
    possibleBytes: gpuBytes > 0 ? about((gpuBytes + memoryBudgetBytes) * fileShare) : undefined,
  };
}
