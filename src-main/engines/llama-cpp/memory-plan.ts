import type { GgufFileInfo, GgufInsights, Llama } from 'node-llama-cpp';
import type { LoadOptions } from '../../core/model.ts';
import { cacheTypes } from './cache-type.ts';
import { batchSizeFor, slotCandidates, wantedContextLength } from './context-choice.ts';
import { leastCacheBytes } from './least-cache.ts';

interface Memory {
  readonly cpuRam: number;
  readonly gpuVram: number;
}

/** What llama.cpp would set aside for a model with some options. */
export interface MemoryPlan {
  readonly weights: Memory;
  /** Of the context; zero for a model that writes no text. */
  readonly context: Memory;
  readonly gpuLayers: number;
  readonly contextLength: number;
  readonly slots: number;
  /** False when a load that starts now would be refused. */
  readonly fitsFreeMemory: boolean;
}

interface PlanInput {
  readonly llama: Llama;
  readonly info: GgufFileInfo;
  readonly insights: GgufInsights;
  readonly options: LoadOptions;
  /** Embedding models need no context of their own for the prediction. */
  readonly isGenerative: boolean;
}

const nothing: Memory = { cpuRam: 0, gpuVram: 0 };

/**
 * Lets llama.cpp plan the allocation without making it: as many slots as the free memory holds, where
 * nobody chose. A context that is far too large is counted by its keys and values only.
 */
export async function planMemory(input: PlanInput): Promise<MemoryPlan> {
  const { llama, info, insights, options, isGenerative } = input;
  const gpuLayers = await chooseGpuLayers(insights, options);
  const weights = await insights.estimateModelResourceRequirementsV2({ gpuLayers });
  const contextLength = wantedContextLength(options, insights.trainContextSize ?? 0);
  const free = await freeMemory(llama);
  const base = { weights, gpuLayers, contextLength };
  if (!isGenerative) {
    return { ...base, context: nothing, slots: 1, fitsFreeMemory: fits(weights, free) };
  }
  const candidates = slotCandidates(options);
  let slots = candidates[0] ?? 1;
  let context = nothing;
  for (slots of candidates) {
    const least = leastCacheBytes(info, contextLength * slots, options);
    const isHopeless = least > free.cpuRam + free.gpuVram;
    context = isHopeless
      ? { cpuRam: gpuLayers > 0 ? 0 : least, gpuVram: gpuLayers > 0 ? least : 0 }
      : await contextMemory(input, { slots, contextLength, gpuLayers });
    if (!isHopeless && fits(sum(weights, context), free)) {
      return { ...base, context, slots, fitsFreeMemory: true };
    }
  }
  return { ...base, context, slots, fitsFreeMemory: false };
}

async function chooseGpuLayers(insights: GgufInsights, options: LoadOptions): Promise<number> {
  const { key, value } = cacheTypes(options);
  const { gpuLayers } = await insights.configurationResolver.resolveModelGpuLayersV2(
    options.gpuLayers ?? 'auto',
    {
      defaultContextFlashAttention: options.flashAttention ?? 'auto',
      defaultContextKvCacheKeyType: key,
      defaultContextKvCacheValueType: value,
      // A number that was chosen is planned as it is, also where it does not fit now.
      ignoreMemorySafetyChecks: options.gpuLayers !== undefined,
    },
  );
  return gpuLayers;
}

function contextMemory(
  { insights, options }: PlanInput,
  plan: Pick<MemoryPlan, 'slots' | 'contextLength' | 'gpuLayers'>,
): Promise<Memory> {
  const { key, value } = cacheTypes(options);
  return insights.estimateContextResourceRequirementsV2({
    contextSize: plan.contextLength,
    modelGpuLayers: plan.gpuLayers,
    sequences: plan.slots,
    batchSize: batchSizeFor(plan.slots),
    flashAttention: options.flashAttention ?? 'auto',
    kvCacheKeyType: key,
    kvCacheValueType: value,
  });
}

async function freeMemory(llama: Llama): Promise<Memory> {
  const [ram, swap, vram] = await Promise.all([
    llama.getRamState(),
    llama.getSwapState(),
    llama.getVramState(),
  ]);
  return { cpuRam: ram.free + (swap.allocated - swap.used), gpuVram: vram.free };
}

function fits(need: Memory, free: Memory): boolean {
  return need.cpuRam <= free.cpuRam && need.gpuVram <= free.gpuVram;
}

function sum(a: Memory, b: Memory): Memory {
  return { cpuRam: a.cpuRam + b.cpuRam, gpuVram: a.gpuVram + b.gpuVram };
}
