import { setTimeout as sleep } from 'node:timers/promises';
import type { InferenceEngine } from '../../src-main/engines/engine.ts';
import { generateOn, greedyRequest } from './millpond-engine.ts';
import type { PromptSource } from './random-prompt.ts';

const longPromptTokens = 2700;
const shortPromptTokens = 8;
/** Late enough that the prompt is being read, early enough that it is not read yet. */
const prefillHeadStartMs = 150;

interface CancelLoad {
  /** What the answer is doing when its caller leaves. */
  readonly during: 'decode' | 'prefill';
  readonly prompts: PromptSource;
  readonly signal: AbortSignal;
}

/**
 * Milliseconds from a caller's abort until the slot is another request's. The engine must have one
 * slot: the head of the next answer is sent when it has been given.
 */
export async function measureCancel(
  engine: InferenceEngine,
  { during, prompts, signal }: CancelLoad,
): Promise<number> {
  const caller = new AbortController();
  const writes: PromiseWithResolvers<void> = Promise.withResolvers();
  const length = during === 'decode' ? shortPromptTokens : longPromptTokens;
  const answer = generateOn(engine, {
    prompt: { tokens: prompts.tokens(length) },
    maxTokens: 1000,
    signal: AbortSignal.any([signal, caller.signal]),
    onFirstToken: writes.resolve,
  });
  await (during === 'decode' ? Promise.race([writes.promise, answer]) : sleep(prefillHeadStartMs));
  const abortedAt = performance.now();
  caller.abort();
  const givenAt = await nextSlot(engine, prompts.tokens(shortPromptTokens), signal);
  const { arrivals } = await answer;
  if (during === 'prefill' && arrivals.length > 0) {
    throw new Error('The prompt had been read before its caller left');
  }
  return givenAt - abortedAt;
}

async function nextSlot(
  engine: InferenceEngine,
  tokens: readonly number[],
  signal: AbortSignal,
): Promise<number> {
  const request = greedyRequest({ prompt: { tokens }, maxTokens: 1, signal });
  let givenAt: number | undefined;
  for await (const chunk of engine.infer(request, { signal })) {
    if (chunk.type === 'head') givenAt = performance.now();
  }
  if (givenAt === undefined) throw new Error('An answer came without a head');
  return givenAt;
}
