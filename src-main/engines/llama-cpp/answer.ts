import { hostname } from 'node:os';
import type { LlamaContextSequence, Token } from 'node-llama-cpp';
import { LlamaGrammarEvaluationState } from 'node-llama-cpp';
import type { AsyncQueue } from '../../core/async/async-queue.ts';
import { MillpondError } from '../../core/error.ts';
import type {
  AnswerTimings,
  ChatInput,
  CompletionInput,
  InferenceChunk,
  RequestEnvelope,
} from '../../core/inference.ts';
import { OutputSplitter } from '../text/output-splitter.ts';
import { newToolCallId } from '../text/tool-formats.ts';
import type { AnswerPlan } from './answer-plan.ts';
import { AnswerWriter } from './answer-writer.ts';
import { generate } from './generate.ts';
import type { Ending, ThoughtLimit } from './generate.ts';
import { GrammarGate } from './grammar-gate.ts';
import { grammarAcceptor } from './library-internals.ts';
import type { GenerationContext, LoadedModel } from './loaded-model.ts';
import { prefill } from './prefill.ts';
import { decodingOptions } from './sampling.ts';
import { TokenDecoder } from './token-decoder.ts';
import { UsageMeter } from './usage-meter.ts';

interface AnswerRun {
  readonly loaded: LoadedModel;
  readonly generation: GenerationContext;
  readonly envelope: RequestEnvelope;
  readonly input: ChatInput | CompletionInput;
  readonly plan: AnswerPlan;
  readonly signal: AbortSignal;
  readonly outbox: AsyncQueue<InferenceChunk>;
  readonly monotonic: () => number;
  readonly randomSeed: () => number;
}

interface Moments {
  readonly acceptedAt: number;
  startedAt: number;
  prefilledAt: number;
  firstTokenAt: number | undefined;
}

/**
 * Answers one request in one slot. Several choices follow each other in it: they share the prompt
 * that was read once, and nobody else waits because one caller wanted five answers.
 */
export async function answer(run: AnswerRun): Promise<void> {
  const { envelope, generation, plan, signal } = run;
  const acceptedAt = run.monotonic();
  const tokens = [...nonEmpty(plan.prompt, run.loaded), ...plan.delivered];
  checkLength(tokens.length, generation.context.contextSize);
  const slot = await generation.slots.acquire({
    tenant: envelope.tenant,
    marks: envelope.marks,
    slot: envelope.slot,
    tokens,
    signal,
  });
  let outcome: 'kept' | 'broken' = 'broken';
  try {
    const usage = new UsageMeter(tokens.length - plan.delivered.length);
    await run.outbox.push({ type: 'head', servedBy: servedBy(envelope), headers: {} });
    for (let choice = 0; choice < run.input.choices; choice += 1) {
      const moments: Moments = {
        acceptedAt,
        startedAt: run.monotonic(),
        prefilledAt: 0,
        firstTokenAt: undefined,
      };
      const cached = await prefill(slot.sequence, tokens, { ...generation, signal });
      if (choice === 0) usage.reused(cached);
      moments.prefilledAt = run.monotonic();
      const ending = await oneChoice(run, {
        choice,
        tokens,
        usage,
        sequence: slot.sequence,
        moments,
      });
      await run.outbox.push({
        type: 'finish',
        ...(choice > 0 && { choice }),
        ...ending,
        usage: usage.soFar(),
        timings: timingsOf(moments, run.monotonic()),
      });
    }
    outcome = 'kept';
  } catch (error) {
    // What a native failure left in the sequence cannot be trusted; an abort leaves it whole.
    if (signal.aborted || error instanceof MillpondError) outcome = 'kept';
    throw error;
  } finally {
    await generation.slots.release(slot, outcome);
  }
}

interface Choice {
  readonly choice: number;
  readonly tokens: readonly Token[];
  readonly usage: UsageMeter;
  readonly sequence: LlamaContextSequence;
  readonly moments: Moments;
}

async function oneChoice(run: AnswerRun, it: Choice): Promise<Ending> {
  const { generation, input, loaded, plan, signal } = run;
  const prompt = it.tokens.slice(0, it.tokens.length - plan.delivered.length);
  const grammar = await openGrammar(run);
  const writer = new AnswerWriter({
    choice: it.choice,
    prompt,
    decoder: new TokenDecoder(loaded.model, prompt),
    splitter: new OutputSplitter({
      toolFormat: plan.toolFormat,
      reasoning: plan.reasoning,
      startsInReasoning: plan.startsInReasoning,
      mustCall: plan.mustCall,
      stop: input.stop,
      newToolCallId,
    }),
    grammar,
    usage: it.usage,
  });
  const stopped = replay(writer, plan.delivered);
  if (stopped !== undefined) return stopped;
  await emitEcho(run, it);
  return generate({
    ...generation,
    model: loaded.model,
    sequence: it.sequence,
    signal,
    lastToken: lastOf(it.tokens),
    writer,
    grammar,
    decoding: decodingOptions(input.sampling, {
      model: loaded.model,
      randomSeed: run.randomSeed,
      choice: it.choice,
      newestTokens: (count) => writer.newestTokens(count),
    }),
    maxTokens: input.maxTokens ?? Infinity,
    thought: thoughtLimit(run),
    topLogprobs: input.logprobs?.top,
    // A slow reader pauses this stream; the others must not wait for it.
    emit: async (chunk) => {
      if (run.outbox.isFull) await generation.gate.aside(() => run.outbox.push(chunk));
      else run.outbox.offer(chunk);
    },
    onFirstToken: () => {
      it.moments.firstTokenAt ??= run.monotonic();
    },
  });
}

async function openGrammar(run: AnswerRun): Promise<GrammarGate | undefined> {
  const { grammar: wanted } = run.plan;
  if (wanted === undefined) return undefined;
  const { llama, model } = run.loaded;
  const grammar = await run.generation.grammars.get(wanted.gbnf);
  return new GrammarGate({
    start: wanted.start,
    createState: () => new LlamaGrammarEvaluationState({ model, grammar }),
    accept: grammarAcceptor(llama),
    tokenize: (text) => model.tokenize(text, true),
  });
}

/** Brings splitter and grammar to where the delivered part ended; emits nothing. */
function replay(writer: AnswerWriter, delivered: readonly Token[]): Ending | undefined {
  for (const token of delivered) {
    const { isAllowed, stopSequence } = writer.replay(token);
    if (!isAllowed) {
      throw new MillpondError(
        'invalid-request',
        'The continuation does not fit the format that the answer must have',
        { param: 'continuation' },
      );
    }
    if (stopSequence !== undefined) return { reason: 'stop', stopSequence };
  }
  return undefined;
}

async function emitEcho({ outbox, plan }: AnswerRun, { choice, usage }: Choice): Promise<void> {
  if (plan.echo === undefined || plan.delivered.length > 0) return;
  await outbox.push({
    type: 'text',
    text: plan.echo,
    usage: usage.soFar(),
    ...(choice > 0 && { choice }),
  });
}

function thoughtLimit({ loaded, plan }: AnswerRun): ThoughtLimit | undefined {
  if (plan.reasoning === undefined || plan.reasoningBudget === undefined) return undefined;
  return {
    budgetTokens: plan.reasoningBudget,
    closing: loaded.model.tokenize(`\n${plan.reasoning.close}`, true),
  };
}

function timingsOf(moments: Moments, now: number): AnswerTimings {
  const { acceptedAt, firstTokenAt, prefilledAt, startedAt } = moments;
  return {
    queuedMs: startedAt - acceptedAt,
    loadMs: 0,
    prefillMs: prefilledAt - startedAt,
    firstTokenMs: (firstTokenAt ?? now) - acceptedAt,
    decodeMs: now - (firstTokenAt ?? now),
  };
}

/** The router and the gateway put the names people know in its place. */
export function servedBy({ model }: RequestEnvelope): {
  upstream: string;
  machine: string;
  model: string;
} {
  return { upstream: 'engine', machine: hostname(), model };
}

/** Evaluation needs something to go on from. */
function nonEmpty(prompt: readonly Token[], { model }: LoadedModel): readonly Token[] {
  if (prompt.length > 0) return prompt;
  const start = model.tokens.bos ?? model.tokens.eos ?? model.tokens.nl;
  if (start !== null) return [start];
  throw new MillpondError('invalid-request', 'The prompt is empty', { param: 'prompt' });
}

/** One cell stays free for the library; a prompt is never cut. */
export function checkLength(tokens: number, contextLength: number): void {
  if (tokens < contextLength) return;
  throw new MillpondError(
    'context-overflow',
    `The prompt has ${String(tokens)} tokens, and the context of this model holds ${String(contextLength)}, of which the answer needs at least one; shorten it or load the model with a longer context`,
    { reason: 'context_length_exceeded' },
  );
}

function lastOf(tokens: readonly Token[]): Token {
  const last = tokens.at(-1);
  if (last === undefined) throw new Error('nothing to evaluate');
  return last;
}
