import type { CanonicalInput, InferenceRequest } from '../../../core/inference.ts';
import type { TokenUsage } from '../../../core/usage.ts';
import { markChars } from '../../../core/fingerprint.ts';
import { BoundedMap } from './bounded-map.ts';
import { modelKeyOf } from './ranking.ts';
import { RunningMean } from './running-mean.ts';

/** Pairs of caller and model, and models, that something is remembered of. */
const maxEntries = 4096;
/** Tokens of an answer as long as nobody knows its caller. */
const defaultOutputTokens = 256;
/** Tokens of a character as long as nobody knows the model's tokenizer. */
const defaultTokensPerChar = 0.25;

/** What a request is made of, as far as that shows before it is answered. */
export interface Expectation {
  readonly promptTokens: number;
  readonly outputTokens: number;
  readonly tokensPerChar: number;
}

/** Learns how long answers get and how many characters a token has. */
export class Expectations {
  private readonly outputs = new BoundedMap<string, RunningMean>(maxEntries);
  private readonly densities = new BoundedMap<string, RunningMean>(maxEntries);

  of(request: InferenceRequest): Expectation {
    const { envelope, input } = request;
    const model = modelKeyOf(envelope);
    const tokensPerChar = this.densities.get(model)?.value ?? defaultTokensPerChar;
    const learned =
      this.outputs.get(callerKey(request))?.value ??
      this.outputs.get(model)?.value ??
      defaultOutputTokens;
    const marked = markChars(envelope.marks.at(-1) ?? '');
    return {
      tokensPerChar,
      promptTokens: (marked > 0 ? marked : charsOf(input)) * tokensPerChar,
      outputTokens: Math.min(learned, mostTokens(input)),
    };
  }

  learn(request: InferenceRequest, usage: TokenUsage): void {
    const { envelope, input } = request;
    const model = modelKeyOf(envelope);
    const chars = markChars(envelope.marks.at(-1) ?? '');
    if (chars > 0) meanIn(this.densities, model).add(usage.promptTokens / chars);
    if (mostTokens(input) === 0) return;
    meanIn(this.outputs, callerKey(request)).add(usage.completionTokens);
    meanIn(this.outputs, model).add(usage.completionTokens);
  }
}

function meanIn(means: BoundedMap<string, RunningMean>, key: string): RunningMean {
  const mean = means.get(key) ?? new RunningMean();
  means.set(key, mean);
  return mean;
}

function callerKey({ envelope }: InferenceRequest): string {
  return `${modelKeyOf(envelope)}\n${envelope.caller}`;
}

/** Tokens that may be written at most; none where nothing is generated. */
function mostTokens(input: CanonicalInput): number {
  if (input.task !== 'chat' && input.task !== 'completion') return 0;
  return input.maxTokens ?? Number.POSITIVE_INFINITY;
}

/** Characters of what has no marks. */
function charsOf(input: CanonicalInput): number {
  switch (input.task) {
    case 'embedding':
      return input.inputs.reduce((sum, { length }) => sum + length, 0);
    case 'rerank':
      return input.documents.reduce((sum, { length }) => sum + length + input.query.length, 0);
    default:
      return 0;
  }
}
