import type { ModelManifest } from '../../src-main/core/model.ts';
import { LlamaEngine } from '../../src-main/engines/llama-cpp/llama-engine.ts';
import { loadModel } from '../../src-main/engines/llama-cpp/load-model.ts';
import { generateOn } from './millpond-engine.ts';
import type { EngineShape } from './contestant.ts';
import type { PromptSource } from './random-prompt.ts';

const promptTokens = 8;
const tokensPerStream = 100;

interface BatchFillLoad {
  readonly model: ModelManifest;
  readonly shape: EngineShape;
  readonly streams: number;
  readonly prompts: PromptSource;
  readonly signal: AbortSignal;
}

/**
 * Tokens that one decode of the engine yields on average: as many as there are streams when no batch
 * leaves without one of them. Counted inside the engine, so the engine runs in this process.
 */
export async function measureBatchFill(load: BatchFillLoad): Promise<number> {
  const monotonic = (): number => performance.now();
  const loaded = await loadModel({
    path: load.model.path,
    options: { ...load.shape, threads: 1 },
    defaultThreads: 1,
    gpu: false,
    onProgress: () => {},
    signal: load.signal,
    monotonic,
  });
  const engine = new LlamaEngine({ loaded, monotonic, random: Math.random });
  try {
    const pacer = loaded.generation?.pacer;
    if (pacer === undefined) throw new Error('The model writes no text');
    let batches = 0;
    let decoded = 0;
    const count = pacer.batchStarted.bind(pacer);
    pacer.batchStarted = (batch) => {
      if (batch.promptTokens === 0) {
        batches += 1;
        decoded += batch.decodeTokens;
      }
      count(batch);
    };
    await Promise.all(Array.from({ length: load.streams }, () => answerOnce(engine, load)));
    return decoded / batches;
  } finally {
    await engine.dispose();
  }
}

async function answerOnce(engine: LlamaEngine, { prompts, signal }: BatchFillLoad): Promise<void> {
  const prompt = { tokens: prompts.tokens(promptTokens) };
  await generateOn(engine, { prompt, maxTokens: tokensPerStream, signal });
}
