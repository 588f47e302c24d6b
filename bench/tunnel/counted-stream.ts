import { AnswerCheck } from '../../src-main/testing/pool/counted-answer.ts';
import { streamEvents } from '../support/event-stream.ts';
import type { PostTarget } from '../support/event-stream.ts';
import { longestGap } from '../support/stats.ts';
import { sharedMs } from './shared-clock.ts';

export interface CountedAsk {
  readonly model: string;
  /** Makes the answer: two streams never have the same one. */
  readonly prompt: string;
  readonly tokens: number;
  readonly signal?: AbortSignal;
  /** So many tokens have come. */
  readonly onTokens?: (count: number) => void;
}

export interface CountedStream {
  /** Every token once, in order, and the stream's proper end. */
  readonly isWhole: boolean;
  /** It lied: a token was lost, repeated or mixed up, or a clean end came too early. */
  readonly isWrong: boolean;
  /** What its caller was told instead of a proper end. */
  readonly failure?: string;
  readonly askedAt: number;
  /** When pieces with tokens came, by `sharedMs`. */
  readonly arrivals: readonly number[];
  readonly longestGapMs: number;
  /** That came, right or wrong. */
  readonly tokens: number;
  readonly tokensPerSecond: number;
}

/** The text of a chunk; cheap, so that the reader keeps up with what it measures. */
const content = /"content":"([^"]+)"/;

/** Asks for a counted answer over HTTP and checks each token of it. Never rejects. */
export async function readCounted(target: PostTarget, ask: CountedAsk): Promise<CountedStream> {
  const { model, prompt, tokens, signal, onTokens } = ask;
  const check = new AnswerCheck(prompt);
  const arrivals: number[] = [];
  let ends = 0;
  let failure: string | undefined;
  const body = {
    ...{ model, max_tokens: tokens, stream: true },
    messages: [{ role: 'user', content: prompt }],
  };
  const onEvent = (data: string): void => {
    if (data === '[DONE]') ends += 1;
    if (data.includes('"error"')) failure ??= data;
    const text = content.exec(data)?.[1];
    if (text === undefined) return;
    arrivals.push(sharedMs());
    check.take(text);
    onTokens?.(check.count);
  };
  const askedAt = sharedMs();
  try {
    await streamEvents(target, body, { onEvent, ...(signal !== undefined && { signal }) });
  } catch (error) {
    failure ??= error instanceof Error ? error.message : String(error);
  }
  const seconds = ((arrivals.at(-1) ?? 0) - (arrivals[0] ?? 0)) / 1000;
  const isWhole = failure === undefined && ends === 1 && check.isWhole(tokens);
  return {
    isWhole,
    isWrong: check.mistake !== undefined || (failure === undefined && !isWhole),
    ...(failure !== undefined && { failure }),
    ...{ askedAt, arrivals },
    longestGapMs: longestGap(arrivals),
    tokens: check.count,
    tokensPerSecond: seconds > 0 ? (check.count - 1) / seconds : 0,
  };
}
