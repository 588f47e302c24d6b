import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { GgufInsights, InsufficientMemoryError, readGgufFileInfo } from 'node-llama-cpp';
import type { GgufFileInfo, Llama } from 'node-llama-cpp';
import { MillpondError } from '../../core/error.ts';
import type { LoadOptions } from '../../core/model.ts';
import type { ModelInspection } from '../hosting/host-protocol.ts';
import type { Backend } from './backend.ts';
import { readModelFacts } from './capabilities.ts';
import { batchSizeFor, checkCells, slotCandidates, wantedContextLength } from './context-choice.ts';
import { leastCacheBytes } from './least-cache.ts';
import { checkModelFile, explainLoadFailure } from './load-failure.ts';

interface Memory {
  readonly cpuRam: number;
  readonly gpuVram: number;
}

/**
 * Reads what a file is and predicts what the engine would take with these options, without loading
 * it. llama.cpp itself plans the allocation, so the prediction is what a load then takes.
 * Rejects with `model-load-failed` or `out-of-memory` and one sentence.
 */
export async function inspectModel(
  path: string,
  options: LoadOptions,
  { llama, log }: Backend,
): Promise<ModelInspection> {
  await checkModelFile(path);
  log.clear();
  try {
    checkCells(options);
    const info = await readGgufFileInfo(path, { sourceType: 'filesystem', logWarnings: false });
    const insights = await GgufInsights.from(info, llama);
    if (!insights.isSupportedByLlamaCpp) {
      throw new Error(`unknown architecture '${info.metadata.general.architecture}'`);
    }
    await checkSize(path, info, insights);
    const facts = readModelFacts(info, insights);
    if (facts.capabilities.completion) await checkCache(info, options, llama);
    const prediction = await predict(llama, insights, options, facts.capabilities.completion);
    return { facts, ...prediction };
  } catch (error) {
    throw explainLoadFailure(path, error, await log.complete());
  }
}

/** The header of a file that was cut later reads well: only its length tells. */
async function checkSize(path: string, info: GgufFileInfo, insights: GgufInsights): Promise<void> {
  // A set of files is checked as a whole when it is loaded.
  if (info.splicedParts > 1) return;
  const { size } = await stat(path);
  if (size < (info.infoEndOffset ?? 0) + insights.modelSize) {
    throw new MillpondError(
      'model-load-failed',
      `${basename(path)} is incomplete or damaged; download it again`,
    );
  }
}

/** Refuses a chosen context that no plan could fit, before one is made. */
async function checkCache(info: GgufFileInfo, options: LoadOptions, llama: Llama): Promise<void> {
  if (options.contextLength === undefined) return;
  const free = await freeMemory(llama);
  const least = leastCacheBytes(info, options.contextLength * (options.slots ?? 1));
  if (least <= free.cpuRam + free.gpuVram) return;
  throw new InsufficientMemoryError('the chosen context does not fit');
}

async function predict(
  llama: Llama,
  insights: GgufInsights,
  options: LoadOptions,
  isGenerative: boolean,
): Promise<Omit<ModelInspection, 'facts'>> {
  const flashAttention = options.flashAttention ?? 'auto';
  const { gpuLayers } = await insights.configurationResolver.resolveModelGpuLayersV2(
    options.gpuLayers ?? 'auto',
    { defaultContextFlashAttention: flashAttention },
  );
  const weights = await insights.estimateModelResourceRequirementsV2({ gpuLayers });
  const contextLength = wantedContextLength(options, insights.trainContextSize ?? 0);
  if (!isGenerative) return { predictedBytes: total(weights), contextLength, slots: 1 };
  const free = await freeMemory(llama);
  let least: Memory = weights;
  for (const slots of slotCandidates(options)) {
    const context = await insights.estimateContextResourceRequirementsV2({
      contextSize: contextLength,
      modelGpuLayers: gpuLayers,
      sequences: slots,
      batchSize: batchSizeFor(slots),
      flashAttention,
    });
    least = sum(weights, context);
    if (least.cpuRam <= free.cpuRam && least.gpuVram <= free.gpuVram) {
      return { predictedBytes: total(least), contextLength, slots };
    }
  }
  if (options.contextLength === undefined) {
    return {
      predictedBytes: total(least),
      contextLength,
      slots: slotCandidates(options).at(-1) ?? 1,
    };
  }
  throw new InsufficientMemoryError('the chosen context does not fit');
}

async function freeMemory(llama: Llama): Promise<Memory> {
  const [ram, swap, vram] = await Promise.all([
    llama.getRamState(),
    llama.getSwapState(),
    llama.getVramState(),
  ]);
  return { cpuRam: ram.free + (swap.allocated - swap.used), gpuVram: vram.free };
}

function sum(a: Memory, b: Memory): Memory {
  return { cpuRam: a.cpuRam + b.cpuRam, gpuVram: a.gpuVram + b.gpuVram };
}

function total({ cpuRam, gpuVram }: Memory): number {
  return cpuRam + gpuVram;
}
