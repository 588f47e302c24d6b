import { TokenBias } from 'node-llama-cpp';
import type { LlamaModel, SequenceEvaluateOptions, Token } from 'node-llama-cpp';
import type { Sampling } from '../../core/inference.ts';

/** llama.cpp's own defaults, for models whose file recommends nothing. */
const samplingDefaults = { temperature: 0.8, topK: 40, topP: 0.95, minP: 0.05 } as const;

/** Penalties look at this many of the newest tokens, as in llama.cpp. */
const penaltyWindowTokens = 64;
const largestSeed = 2 ** 32 - 1;
/** OpenAI's bounds mean "never" and "always". */
const biasForNever = -100;

export type DecodingOptions = Pick<
  SequenceEvaluateOptions,
  'temperature' | 'topK' | 'topP' | 'minP' | 'seed' | 'repeatPenalty' | 'tokenBias'
>;

interface SamplingContext {
  readonly model: LlamaModel;
  /** Used when the request brings no seed; each choice gets its own. */
  readonly randomSeed: () => number;
  readonly choice: number;
  /** Prompt and answer so far; the newest last. */
  readonly newestTokens: (count: number) => readonly Token[];
}

/** Translates what a request says about sampling; absent fields fall back to the defaults. */
export function decodingOptions(sampling: Sampling, context: SamplingContext): DecodingOptions {
  const bias = tokenBias(sampling, context.model);
  const penalty = repeatPenalty(sampling, context);
  return {
    temperature: sampling.temperature ?? samplingDefaults.temperature,
    topK: sampling.topK ?? samplingDefaults.topK,
    topP: sampling.topP ?? samplingDefaults.topP,
    minP: sampling.minP ?? samplingDefaults.minP,
    seed: seedOf(sampling, context),
    ...(penalty !== undefined && { repeatPenalty: penalty }),
    ...(bias !== undefined && { tokenBias: bias }),
  };
}

/** Without one, the library takes the second of the clock: two requests at once would be twins. */
function seedOf(sampling: Sampling, context: SamplingContext): number {
  if (sampling.seed === undefined) return Math.floor(context.randomSeed() * largestSeed);
  return (Math.floor(sampling.seed) + context.choice) >>> 0;
}

function repeatPenalty(
  sampling: Sampling,
  context: SamplingContext,
): DecodingOptions['repeatPenalty'] {
  const { repeatPenalty: penalty, frequencyPenalty, presencePenalty } = sampling;
  if ((penalty ?? 1) === 1 && (frequencyPenalty ?? 0) === 0 && (presencePenalty ?? 0) === 0) {
    return undefined;
  }
  return {
    punishTokens: () => [...context.newestTokens(penaltyWindowTokens)],
    maxPunishTokens: penaltyWindowTokens,
    penalty: penalty ?? 1,
    frequencyPenalty: frequencyPenalty ?? 0,
    presencePenalty: presencePenalty ?? 0,
  };
}

function tokenBias(sampling: Sampling, model: LlamaModel): TokenBias | undefined {
  const entries = Object.entries(sampling.logitBias ?? {});
  if (entries.length === 0) return undefined;
  const bias = TokenBias.for(model);
  for (const [token, value] of entries) {
    bias.set(asToken(Number(token)), value <= biasForNever ? 'never' : { logit: value });
  }
  return bias;
}

/** The library brands token ids; ours come as plain numbers. */
function asToken(id: number): Token {
  return id as Token;
}

export function asTokens(ids: readonly number[]): Token[] {
  return ids as Token[];
}
