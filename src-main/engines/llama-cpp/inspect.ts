import type { LoadOptions } from '../../core/model.ts';
import type { ModelHeader, ModelInspection } from '../hosting/host-protocol.ts';
import { activeBytes } from './active-bytes.ts';
import type { Backend } from './backend.ts';
import { checkCacheType } from './cache-type.ts';
import { checkCells } from './context-choice.ts';
import type { GgufInfo } from './gguf-info.ts';
import { checkModelFile, explainLoadFailure } from './load-failure.ts';
import { planMemory } from './memory-plan.ts';
import type { MemoryPlan } from './memory-plan.ts';
import { neverWrittenBytes, processOverheadBytes } from './process-cost.ts';
import { StudiedModels } from './studied-models.ts';

/** What to look at. */
export interface InspectionQuestion {
  readonly path: string;
  readonly options: LoadOptions;
  /** Given when only the beginnings of the model's files are here. */
  readonly header?: ModelHeader;
  /** Graphics memory it may take at most; absent: all that is free. */
  readonly gpuCapBytes?: number;
}

/**
 * Reads what a file is and predicts what the engine would take with these options, without loading
 * it. llama.cpp itself plans the allocation, so what it would set aside is exact. Rejects with
 * `model-load-failed` and one sentence; a model that does not fit is an answer, not an error.
 * `models` keeps what was read between questions.
 */
export async function inspectModel(
  { path, options, header, gpuCapBytes }: InspectionQuestion,
  { llama, log }: Backend,
  models = new StudiedModels(),
): Promise<ModelInspection> {
  await checkModelFile(path);
  log.clear();
  try {
    checkCells(options);
    const question = header === undefined ? { path } : { path, header };
    const { gguf, insights, facts } = await models.study(question, llama);
    const { info } = gguf;
    checkCacheType(info, options);
    await llama.setVramCap(gpuCapBytes ?? null);
    const isGenerative = facts.capabilities.completion;
    const plan = await planMemory({ llama, info, insights, options, isGenerative });
    return {
      facts,
      ...memoryOf(plan, gguf),
      layers: insights.totalLayers,
      bytesPerToken: activeBytes(info, insights.modelSize),
    };
  } catch (error) {
    throw explainLoadFailure(path, error, await log.complete());
  }
}

function memoryOf(plan: MemoryPlan, { info }: GgufInfo) {
  const { weights, context, gpuLayers, contextLength, slots, fitsFreeMemory } = plan;
  const gpuBytes = weights.gpuVram + context.gpuVram;
  const reserved = weights.cpuRam + context.cpuRam;
  // On a graphics card the work space is taken whole, written or not.
  const computesOnCpu = context.gpuVram === 0 && context.cpuRam > 0;
  const unwritten = computesOnCpu ? neverWrittenBytes(info, slots) : 0;
  const cpuBytes = reserved - unwritten + processOverheadBytes(info);
  return {
    reservedBytes: reserved + gpuBytes,
    cpuBytes,
    gpuBytes,
    predictedBytes: cpuBytes + gpuBytes,
    ...{ gpuLayers, contextLength, slots, fitsFreeMemory },
  };
}
