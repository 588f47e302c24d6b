import { MillpondError } from '../core/error.ts';
import type { InferenceChunk, InferenceRequest, InferOptions } from '../core/inference.ts';
import { promptTooLong, textsOf } from './admission.ts';
import type { SharedEngines } from './ports.ts';
import type { RemoteRun } from './remote-runs.ts';
import type { Sharing } from './sharing.ts';

export interface RemoteAnswerDeps {
  readonly engines: SharedEngines;
  readonly sharing: Pick<Sharing, 'limits' | 'runs'>;
}

/** What a chunk takes on the wire besides its text. */
const frameBytes = 24;

/**
 * An answer for somebody else: counted, held to the owner's bandwidth, and ended with `preempted` when
 * the owner wants the machine back. What was produced before that is delivered first.
 */
export async function* answerForOthers(
  { engines, sharing }: RemoteAnswerDeps,
  request: InferenceRequest,
  { signal, ...options }: InferOptions,
): AsyncGenerator<InferenceChunk> {
  const run = sharing.runs.begin();
  const both = AbortSignal.any([signal, run.signal]);
  let generated = 0;
  try {
    const { maxPromptTokens } = sharing.limits();
    await checkPromptLength(engines, request, maxPromptTokens, both);
    for await (const chunk of engines.infer(request, { ...options, signal: both })) {
      if ('usage' in chunk) {
        checkLimit(chunk.usage.promptTokens, maxPromptTokens);
        generated = chunk.usage.completionTokens;
      }
      await sent(run, chunk, signal);
      yield chunk;
    }
  } catch (error) {
    signal.throwIfAborted();
    run.signal.throwIfAborted(); // Its reason says that the owner needs the machine.
    throw error;
  } finally {
    run.end(generated);
  }
}

/** A chunk that was produced is delivered, also when the owner took the machine meanwhile. */
async function sent(run: RemoteRun, chunk: InferenceChunk, signal: AbortSignal): Promise<void> {
  try {
    await run.send(bytesOf(chunk));
  } catch {
    signal.throwIfAborted();
  }
}

/** Before the engine reads the prompt, where the model is loaded; else its first chunk tells. */
async function checkPromptLength(
  engines: SharedEngines,
  { envelope, input }: InferenceRequest,
  maxPromptTokens: number,
  signal: AbortSignal,
): Promise<void> {
  if (maxPromptTokens <= 0) return;
  const tokens =
    input.task === 'completion' && typeof input.prompt !== 'string'
      ? input.prompt.length
      : await engines.countTokens(envelope.model, textsOf(input).join('\n'), signal);
  checkLimit(tokens ?? 0, maxPromptTokens);
}

function checkLimit(promptTokens: number, maxPromptTokens: number): void {
  if (maxPromptTokens <= 0 || promptTokens <= maxPromptTokens) return;
  throw MillpondError.fromBody(promptTooLong(maxPromptTokens));
}

function bytesOf(chunk: InferenceChunk): number {
  switch (chunk.type) {
    case 'text':
    case 'reasoning':
      return frameBytes + Buffer.byteLength(chunk.text) + 3 * (chunk.tokens?.length ?? 0);
    case 'tool-call':
      return frameBytes + Buffer.byteLength(chunk.argumentsDelta);
    case 'embedding':
      return frameBytes + 4 * chunk.vector.length;
    default:
      return frameBytes;
  }
}
