import { InsufficientMemoryError } from 'node-llama-cpp';
import type { Llama, LlamaContext, LlamaModel, LlamaContextSequence } from 'node-llama-cpp';
import type { LoadOptions } from '../../core/model.ts';
import type { EngineFacts } from '../engine.ts';
import { fallbackNotice, openBackend } from './backend.ts';
import type { Backend } from './backend.ts';
import { createBatchComposer } from './batch-composer.ts';
import { cacheTypes, checkCacheType } from './cache-type.ts';
import {
  batchSizeFor,
  batchTokens,
  checkCells,
  slotCandidates,
  smallestContextLength,
  wantedContextLength,
} from './context-choice.ts';
import { capabilitiesOf, chatTemplateOf } from './capabilities.ts';
import { queuedSequenceIds } from './library-internals.ts';
import { checkModelFile, explainLoadFailure } from './load-failure.ts';
import { GrammarCache } from './loaded-model.ts';
import type { GenerationContext, LoadedModel } from './loaded-model.ts';
import { SlotTable } from './slots.ts';
import { StepGate } from './step-gate.ts';
import { StepPacer } from './step-pacer.ts';

/** Weights are most of the work; contexts follow. */
const weightsShare = 0.95;

interface LoadModelOptions {
  readonly path: string;
  readonly options: LoadOptions;
  readonly defaultThreads: number;
  /** `false` keeps to the CPU. */
  readonly gpu?: 'auto' | false;
  /** Graphics memory it may take at most; absent: all that is free. */
  readonly gpuCapBytes?: number;
  readonly onProgress: (share: number) => void;
  readonly signal: AbortSignal;
  readonly monotonic: () => number;
}

/** Rejects with `model-load-failed` or `out-of-memory` and one sentence a person understands. */
export async function loadModel(load: LoadModelOptions): Promise<LoadedModel> {
  await checkModelFile(load.path);
  const threads = load.options.threads ?? load.defaultThreads;
  const gpu = load.options.gpus?.length === 0 ? false : load.gpu;
  const backend = await openBackend({ maxThreads: threads, ...(gpu !== undefined && { gpu }) });
  try {
    await backend.llama.setVramCap(load.gpuCapBytes ?? null);
    return await loadWith(backend, threads, load);
  } catch (error) {
    const log = await backend.log.complete();
    await backend.llama.dispose();
    load.signal.throwIfAborted();
    throw explainLoadFailure(load.path, error, log);
  }
}

async function loadWith(
  backend: Backend,
  threads: number,
  load: LoadModelOptions,
): Promise<LoadedModel> {
  const { llama } = backend;
  checkCells(load.options);
  const { key, value } = cacheTypes(load.options);
  const gpuBytesBefore = await gpuBytesInUse(llama);
  const model = await llama.loadModel({
    modelPath: load.path,
    gpuLayers: load.options.gpuLayers ?? 'auto',
    defaultContextFlashAttention: load.options.flashAttention ?? 'auto',
    // Inherited by the context, and counted when the layers are divided.
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- a person chose it and reads what it costs
    experimentalDefaultContextKvCacheKeyType: key,
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- the same
    experimentalDefaultContextKvCacheValueType: value,
    loadSignal: load.signal,
    onLoadProgress: (share) => {
      load.onProgress(share * weightsShare);
    },
  });
  checkCacheType(model.fileInfo, load.options);
  const template = chatTemplateOf(model.fileInfo, {
    bosToken: model.tokens.bosString ?? '',
    eosToken: model.tokens.eosString ?? '',
  });
  const capabilities = capabilitiesOf(model.fileInfo, model.fileInsights, template);
  const generation = capabilities.completion
    ? await openGeneration(model, threads, load)
    : undefined;
  load.onProgress(1);
  const facts: EngineFacts = {
    capabilities,
    contextLength:
      generation?.context.contextSize ?? wantedContextLength(load.options, model.trainContextSize),
    slots: generation?.context.totalSequences ?? 1,
    memoryBytes: bytesOf(model) + (generation === undefined ? 0 : bytesOf(generation.context)),
    ...(model.gpuLayers > 0 && {
      gpuMemoryBytes: Math.max(0, (await gpuBytesInUse(llama)) - gpuBytesBefore),
    }),
    device: await deviceOf(model, threads),
    ...(await noticeOf(model, load.options)),
  };
  return { llama, model, facts, threads, template, generation };
}

async function openGeneration(
  model: LlamaModel,
  threads: number,
  load: LoadModelOptions,
): Promise<GenerationContext> {
  const gate = new StepGate();
  const pacer = new StepPacer({ monotonic: load.monotonic, largestChunkTokens: batchTokens });
  const holder: { context?: LlamaContext } = {};
  const composer = createBatchComposer({
    expectedItems: () => gate.expected,
    sequenceIds: () => queuedSequenceIds(holder.context),
    onBatch: (batch) => {
      pacer.batchStarted(batch);
    },
  });
  const context = await createFittingContext(load.options, model, (size, sequences) =>
    model.createContext({
      contextSize: size,
      sequences,
      threads,
      batchSize: batchSizeFor(sequences),
      batching: { itemPrioritizationStrategy: composer },
      failedCreationRemedy: false,
      createSignal: load.signal,
    }),
  );
  holder.context = context;
  const sequences: LlamaContextSequence[] = [];
  while (context.sequencesLeft > 0) sequences.push(context.getSequence());
  return {
    context,
    gate,
    pacer,
    slots: new SlotTable(sequences, gate),
    grammars: new GrammarCache(model.llama),
  };
}

type CreateContext = (
  contextSize: number | { readonly min: number; readonly max: number },
  slots: number,
) => Promise<LlamaContext>;

/** What was asked for is given or refused; what was left open shrinks until it fits. */
async function createFittingContext(
  options: LoadOptions,
  model: LlamaModel,
  create: CreateContext,
): Promise<LlamaContext> {
  const length = wantedContextLength(options, model.trainContextSize);
  let shortage: unknown;
  for (const slots of slotCandidates(options)) {
    try {
      return await create(length, slots);
    } catch (error) {
      if (!(error instanceof InsufficientMemoryError)) throw error;
      shortage = error;
    }
  }
  if (options.contextLength !== undefined) throw shortage;
  const range = { min: Math.min(smallestContextLength, length), max: length };
  return create(range, options.slots ?? 1);
}

function bytesOf(owner: { readonly memoryUsage: { ram: number; vram: number } }): number {
  return owner.memoryUsage.ram + owner.memoryUsage.vram;
}

async function gpuBytesInUse(llama: Llama): Promise<number> {
  return llama.gpu === false ? 0 : (await llama.getVramState()).used;
}

async function deviceOf(model: LlamaModel, threads: number): Promise<string> {
  const cpu = `CPU, ${String(threads)} ${threads === 1 ? 'thread' : 'threads'}`;
  if (model.llama.gpu === false || model.gpuLayers === 0) return cpu;
  const names = [...new Set(await model.llama.getGpuDeviceNames())].join(' + ');
  const layers = `${String(model.gpuLayers)} of ${String(model.fileInsights.totalLayers)} layers`;
  return `${names}, ${layers}`;
}

async function noticeOf(
  model: LlamaModel,
  options: LoadOptions,
): Promise<{ readonly notice?: string }> {
  if (options.gpus?.length === 0) return {}; // As it was asked for.
  if (model.llama.gpu === false) {
    const notice = await fallbackNotice(model.llama);
    return notice === undefined ? {} : { notice };
  }
  if (options.gpuLayers !== undefined || model.gpuLayers >= model.fileInsights.totalLayers)
    return {};
  return {
    notice:
      model.gpuLayers === 0
        ? 'Running on the CPU: the model does not fit into the memory of the graphics card'
        : 'Partly running on the CPU: the whole model does not fit into the memory of the graphics card',
  };
}
