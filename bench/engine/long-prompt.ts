import { longestGap } from '../support/stats.ts';
import { firstTokenMs } from './contestant.ts';
import type { Contestant } from './contestant.ts';
import type { PromptSource } from './random-prompt.ts';

/** As long as a few pages with instructions: what an agent sends first. */
const longPromptTokens = 2700;
const lonePromptTokens = 1000;
const runningStreams = 3;
const warmUpTokens = 8;

interface LongPromptLoad {
  readonly prompts: PromptSource;
  readonly signal: AbortSignal;
}

/** Prompt tokens a second, up to the first token of the answer, with nobody else asking. */
export async function measurePrefillRate(
  contestant: Contestant,
  { prompts, signal }: LongPromptLoad,
): Promise<number> {
  const prompt = { tokens: prompts.tokens(lonePromptTokens) };
  const record = await contestant.generate({ prompt, maxTokens: 1, signal });
  signal.throwIfAborted();
  return lonePromptTokens / (firstTokenMs(record) / 1000);
}

export interface SharedPrefill {
  /** The longest time that one of the running streams got no token while the prompt was read. */
  readonly worstGapMs: number;
  /** Of the long prompt. */
  readonly firstTokenMs: number;
}

/** Reads the long prompt while three streams write, and looks at what that does to them. */
export async function measureSharedPrefill(
  contestant: Contestant,
  { prompts, signal }: LongPromptLoad,
): Promise<SharedPrefill> {
  const enough = new AbortController();
  const until = AbortSignal.any([signal, enough.signal]);
  const running = Array.from({ length: runningStreams }, () => {
    const started: PromiseWithResolvers<void> = Promise.withResolvers();
    const prompt = { tokens: prompts.tokens(warmUpTokens) };
    const record = contestant.generate({
      prompt,
      maxTokens: 4000,
      signal: until,
      onFirstToken: started.resolve,
    });
    return { started: started.promise, record };
  });
  try {
    await Promise.all(running.map(({ record, started }) => Promise.race([started, record])));
    const prompt = { tokens: prompts.tokens(longPromptTokens) };
    const long = await contestant.generate({ prompt, maxTokens: 1, signal });
    signal.throwIfAborted();
    const readAt = long.askedAt + firstTokenMs(long);
    enough.abort();
    const records = await Promise.all(running.map(({ record }) => record));
    const gaps = records.map(({ arrivals }) =>
      longestGap([
        ...arrivals.map(({ at }) => at).filter((at) => at >= long.askedAt && at < readAt),
        readAt,
      ]),
    );
    return { worstGapMs: Math.max(...gaps), firstTokenMs: firstTokenMs(long) };
  } finally {
    enough.abort();
  }
}
