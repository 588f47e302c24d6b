import type { AnswerRecord, Contestant } from './contestant.ts';
import type { PromptSource } from './random-prompt.ts';

const promptTokens = 48;

export interface DecodeLoad {
  readonly streams: number;
  readonly tokensPerStream: number;
  readonly prompts: PromptSource;
  readonly signal: AbortSignal;
}

/** Tokens a second of all streams together, while all of them write. */
export async function measureDecodeRate(
  contestant: Contestant,
  { prompts, signal, streams, tokensPerStream }: DecodeLoad,
): Promise<number> {
  const records = await Promise.all(
    Array.from({ length: streams }, () =>
      contestant.generate({
        prompt: { tokens: prompts.tokens(promptTokens) },
        maxTokens: tokensPerStream,
        signal,
      }),
    ),
  );
  signal.throwIfAborted();
  return jointRate(records);
}

/** Leaves out the time in which some streams still read their prompt or had ended already. */
export function jointRate(records: readonly AnswerRecord[]): number {
  const from = Math.max(...records.map(({ arrivals }) => arrivals[0]?.at ?? Infinity));
  const to = Math.min(...records.map(({ arrivals }) => arrivals.at(-1)?.at ?? -Infinity));
  if (!(to > from)) throw new Error('The streams never wrote at the same time');
  const tokens = records
    .flatMap(({ arrivals }) => arrivals)
    .filter(({ at }) => at > from && at <= to)
    .reduce((sum, arrival) => sum + arrival.tokens, 0);
  return (tokens / (to - from)) * 1000;
}
