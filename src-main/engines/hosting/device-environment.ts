import type { GpuFacts } from '../../core/hardware.ts';
import type { LoadOptions } from '../../core/model.ts';

/**
 * Variables that must exist before a driver starts: they hide every card that was not chosen. Cards
 * are numbered as engines number them, so those that are missing now do not count. Without a
 * choice every card may be used; an empty one is told to the engine itself and hides nothing.
 */
export function deviceEnvironment(
  { gpus: chosen }: LoadOptions,
  gpus: readonly GpuFacts[],
): Readonly<Record<string, string>> {
  // CUDA orders by speed unless told otherwise; the snapshot is in the order of the bus.
  const order = { CUDA_DEVICE_ORDER: 'PCI_BUS_ID' };
  if (chosen === undefined || chosen.length === 0) return order;
  const numbers = chosen.map((index) => engineNumber(index, gpus)).toSorted((a, b) => a - b);
  const list = numbers.join(',');
  return {
    ...order,
    CUDA_VISIBLE_DEVICES: list,
    HIP_VISIBLE_DEVICES: list,
    GGML_VK_VISIBLE_DEVICES: list,
    ONEAPI_DEVICE_SELECTOR: `level_zero:${list}`,
  };
}

function engineNumber(index: number, gpus: readonly GpuFacts[]): number {
  return index - gpus.slice(0, index).filter(({ isMissing }) => isMissing).length;
}
