import type { LlamaContextSequence, LlamaModel, Token } from 'node-llama-cpp';
import type { FinishReason, InferenceChunk, TokenLogprob } from '../../core/inference.ts';
import type { AnswerWriter, Written } from './answer-writer.ts';
import type { GrammarGate } from './grammar-gate.ts';
import type { DecodingOptions } from './sampling.ts';
import type { StepGate } from './step-gate.ts';
import type { StepPacer } from './step-pacer.ts';

/** JSON has no minus infinity; OpenAI writes this for "as good as impossible". */
const lowestLogprob = -9999;

interface GenerationOptions {
  readonly model: LlamaModel;
  readonly sequence: LlamaContextSequence;
  readonly gate: StepGate;
  readonly pacer: StepPacer;
  readonly signal: AbortSignal;
  /** Evaluated first: the last token of prompt and continuation. */
  readonly lastToken: Token;
  readonly writer: AnswerWriter;
  readonly grammar: GrammarGate | undefined;
  readonly decoding: DecodingOptions;
  /** Tokens of the whole answer, replayed ones included. */
  readonly maxTokens: number;
  /** How to end a thought that has used up its budget. */
  readonly thought: ThoughtLimit | undefined;
  /** Alternatives to report for each token; undefined when none is asked for. */
  readonly topLogprobs: number | undefined;
  /** Hands a chunk on; waits while the reader is slow. */
  readonly emit: (chunk: InferenceChunk) => Promise<void>;
  readonly onFirstToken: () => void;
}

export interface ThoughtLimit {
  readonly budgetTokens: number;
  /** What the model would have written to end its thought. */
  readonly closing: readonly Token[];
}

export interface Ending {
  readonly reason: FinishReason;
  readonly stopSequence?: string;
}

interface Step {
  readonly token: Token;
  readonly confidence?: number;
  readonly probabilities?: ReadonlyMap<Token, number>;
}

/** Draws tokens until the model, a stop string, a limit or the caller ends the answer. */
export async function generate(options: GenerationOptions): Promise<Ending> {
  const { gate, pacer, signal, sequence, writer } = options;
  if (writer.tokenCount >= options.maxTokens) return endOf(options, 'length');
  const steps = evaluate(options);
  let next: Token[] | undefined;
  gate.enter();
  try {
    for (;;) {
      await gate.pass();
      signal.throwIfAborted();
      if (isFull(sequence, next)) return await endOf(options, 'length');
      const step = await steps.next(next);
      pacer.decodeStepEnded();
      if (step.done === true) return await endOf(options, 'stop');
      options.onFirstToken();
      const ending = await deliver(
        options,
        writer.take(step.value.token, logprobOf(options, step.value)),
      );
      if (ending !== undefined) return ending;
      if (writer.tokenCount >= options.maxTokens) return await endOf(options, 'length');
      next = [step.value.token];
      if (isOverBudget(options)) {
        for (const token of options.thought?.closing ?? []) {
          await deliver(options, writer.take(token));
          next.push(token);
        }
      }
    }
  } finally {
    gate.leave();
    await steps.return();
  }
}

function evaluate(options: GenerationOptions): AsyncGenerator<Step, void, Token[] | undefined> {
  const { sequence, grammar, decoding } = options;
  const how = {
    ...decoding,
    ...(grammar !== undefined && { grammarEvaluationState: grammar.forNextDraw }),
    contextShift: { strategy: refuseShift },
  };
  return options.topLogprobs === undefined
    ? sequence.evaluateWithMetadata([options.lastToken], {}, how)
    : sequence.evaluateWithMetadata(
        [options.lastToken],
        { confidence: true, probabilities: true },
        how,
      );
}

/** Dropping the beginning of a conversation silently is never right. */
function refuseShift(): never {
  throw new Error('a sequence ran over its context');
}

/** The library keeps one cell free; a full sequence ends the answer instead of losing its start. */
function isFull(sequence: LlamaContextSequence, next: readonly Token[] | undefined): boolean {
  return sequence.nextTokenIndex + (next?.length ?? 1) > sequence.contextSize - 1;
}

function isOverBudget({ thought, writer }: GenerationOptions): boolean {
  return (
    thought !== undefined &&
    writer.isReasoning &&
    writer.reasoningTokenCount >= thought.budgetTokens
  );
}

async function deliver(
  { emit, writer }: GenerationOptions,
  written: Written,
): Promise<Ending | undefined> {
  for (const chunk of written.chunks) await emit(chunk);
  if (written.stopSequence === undefined) return undefined;
  return {
    reason: writer.hasToolCalls ? 'tool-calls' : 'stop',
    stopSequence: written.stopSequence,
  };
}

async function endOf(options: GenerationOptions, reason: 'stop' | 'length'): Promise<Ending> {
  const stopped = await deliver(options, options.writer.flush(reason === 'stop' ? 'ended' : 'cut'));
  if (stopped !== undefined) return stopped;
  return { reason: reason === 'stop' && options.writer.hasToolCalls ? 'tool-calls' : reason };
}

function logprobOf(
  { model, topLogprobs }: GenerationOptions,
  step: Step,
): TokenLogprob | undefined {
  if (topLogprobs === undefined || step.confidence === undefined) return undefined;
  const top = (step.probabilities ?? new Map<Token, number>()).entries().take(topLogprobs);
  const entry = (token: Token, probability: number) => ({
    text: model.detokenize([token], true),
    token,
    logprob: Math.max(Math.log(probability), lowestLogprob),
  });
  return {
    ...entry(step.token, step.confidence),
    top: top.map(([token, probability]) => entry(token, probability)).toArray(),
  };
}
