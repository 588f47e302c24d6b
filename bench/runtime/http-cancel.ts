import { setTimeout as sleep } from 'node:timers/promises';
import type { ModelManifest } from '../../src-main/core/model.ts';
import type { Generation } from '../engine/contestant.ts';
import { PromptSource } from '../engine/random-prompt.ts';
import { progress } from '../support/progress.ts';
import type { Figure, Section } from '../support/report.ts';
import { summarize } from '../support/stats.ts';
import { modelName, serveWithBenchmarkModel } from './benchmark-model.ts';
import type { ServedRuntime } from './served-runtime.ts';
import { streamChat } from './streamed-chat.ts';

const shape = { slots: 1, contextLength: 4096 };
const shortWords = 4;
const longWords = 2000;
/** Late enough that the prompt is being read, early enough that it is not read yet. */
const prefillHeadStartMs = 150;

/**
 * From a closed socket to the next caller's first token, in the only slot of the model. It counts what
 * the next answer itself takes, so the engine stopped sooner than this.
 */
export async function measureHttpCancel(
  model: ModelManifest,
  { runs, signal }: { readonly runs: number; readonly signal: AbortSignal },
): Promise<Section> {
  await using runtime = await serveWithBenchmarkModel(model, shape);
  const prompts = new PromptSource(17);
  const figures: Figure[] = [];
  for (const during of ['decode', 'prefill'] as const) {
    progress(`cancel over HTTP during ${during}`);
    const values: number[] = [];
    const alone: number[] = [];
    for (let run = 0; run <= runs; run += 1) {
      signal.throwIfAborted();
      const undisturbed = await nextFirstTokenMs(runtime, prompts, signal);
      const value = await cancelOnce(runtime, { during, prompts, signal });
      if (run === 0) continue;
      alone.push(undisturbed);
      values.push(value);
    }
    figures.push({
      what: `caller leaves during ${during}, next caller's first token`,
      unit: 'ms',
      measured: summarize(values),
      reference: summarize(alone),
      budget: '≤ 100 ms more',
    });
  }
  return {
    title: `A caller leaves over HTTP, ${model.name} with one slot`,
    comparison: { reference: 'first token with nobody before', by: 'difference' },
    figures,
  };
}

async function cancelOnce(
  runtime: ServedRuntime,
  load: {
    readonly during: 'decode' | 'prefill';
    readonly prompts: PromptSource;
    readonly signal: AbortSignal;
  },
): Promise<number> {
  const { during, prompts, signal } = load;
  const caller = new AbortController();
  const writes: PromiseWithResolvers<void> = Promise.withResolvers();
  const words = during === 'decode' ? shortWords : longWords;
  const answer = streamChat(runtime.chat, modelName, {
    prompt: { messages: [{ role: 'user', text: prompts.sentence(words) }] },
    maxTokens: 1000,
    signal: AbortSignal.any([signal, caller.signal]),
    onFirstToken: writes.resolve,
  });
  await (during === 'decode' ? Promise.race([writes.promise, answer]) : sleep(prefillHeadStartMs));
  const leftAt = performance.now();
  caller.abort();
  const firstMs = await nextFirstTokenMs(runtime, prompts, signal, leftAt);
  const { arrivals } = await answer;
  if (during === 'prefill' && arrivals.length > 0) {
    throw new Error('The prompt had been read before its caller left');
  }
  return firstMs;
}

async function nextFirstTokenMs(
  runtime: ServedRuntime,
  prompts: PromptSource,
  signal: AbortSignal,
  since?: number,
): Promise<number> {
  const prompt: Generation['prompt'] = {
    messages: [{ role: 'user', text: prompts.sentence(shortWords) }],
  };
  const { arrivals, askedAt } = await streamChat(runtime.chat, modelName, {
    prompt,
    maxTokens: 1,
    signal,
  });
  const first = arrivals[0];
  if (first === undefined) throw new Error('An answer had no token');
  return first.at - (since ?? askedAt);
}
