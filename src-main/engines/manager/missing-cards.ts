import type { GpuFacts } from '../../core/hardware.ts';
import type { LoadOptions } from '../../core/model.ts';

/** - `use` what there is, with something to say about it · `refuse` rather than compute elsewhere unasked */
export type CardVerdict =
  | { readonly kind: 'use'; readonly notice?: string }
  | { readonly kind: 'refuse'; readonly sentence: string };

/**
 * Decides whether a load may start although cards are missing, for example after sleep. The processor
 * never silently takes the place of a card: only who chose it gets it.
 */
export function judgeCards(
  { gpus: chosen, gpuLayers }: LoadOptions,
  gpus: readonly GpuFacts[],
): CardVerdict {
  const wantsProcessor = chosen?.length === 0 || gpuLayers === 0;
  if (wantsProcessor) return { kind: 'use' };
  if (chosen?.some((index) => index >= gpus.length) === true) {
    const last = String(gpus.length - 1);
    const sentence =
      gpus.length === 0
        ? 'its load options name a graphics card, and this machine has none; choose the processor'
        : `its load options name a graphics card that this machine does not have; choose from 0 to ${last}`;
    return { kind: 'refuse', sentence };
  }
  const wanted = gpus.filter((_, index) => chosen?.includes(index) ?? true);
  const gone = wanted.filter(({ isMissing }) => isMissing).map(({ name }) => name);
  if (gone.length === 0) return { kind: 'use' };
  const names = gone.join(' and ');
  // Without a choice another card may do the work; shared graphics are no replacement for a card.
  const hasAnother = gpus.some((gpu) => !gpu.isMissing && gpu.memoryBytes !== undefined);
  if (chosen === undefined && hasAnother) {
    return { kind: 'use', notice: `Running without ${names}, which has disappeared` };
  }
  return {
    kind: 'refuse',
    sentence: `${names} has disappeared, perhaps while the computer slept; restart the computer, or choose the processor in its load options`,
  };
}
