import type { GpuFacts } from '../core/hardware.ts';

/**
 * Cards that were here before and are not any more stay in the list, at their old place and marked,
 * so that nobody takes the processor for them without noticing. A card that came back is itself again.
 */
export function keepMissing(
  before: readonly GpuFacts[],
  now: readonly GpuFacts[],
): readonly GpuFacts[] {
  const left = [...now];
  const kept = before.map((old) => {
    const index = left.findIndex((gpu) => gpu.name === old.name);
    const found = index < 0 ? undefined : left.splice(index, 1)[0];
    return found ?? { ...old, isMissing: true };
  });
  return [...kept, ...left];
}
