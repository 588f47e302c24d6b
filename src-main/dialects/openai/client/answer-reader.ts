import { readServerSentEvents } from '../../../core/async/server-sent-events.ts';
import type { Clock } from '../../../core/clock.ts';
import { MillpondError } from '../../../core/error.ts';
import type { HttpResponse } from '../../../core/http.ts';
import type { ChatInput, CompletionInput, InferenceChunk } from '../../../core/inference.ts';
import { AnswerAssembler } from './answer-assembler.ts';
import { failureOfEvent } from './failure.ts';
import type { ServerIdentity } from './failure.ts';
import type { OpenAiQuirks } from './quirks.ts';
import { readAnswerText } from './read-body.ts';
import { parseAnswer } from './wire-answer.ts';

export interface AnswerContext extends ServerIdentity {
  readonly quirks: OpenAiQuirks;
  readonly requestId: string;
  readonly input: ChatInput | CompletionInput;
  readonly clock: Pick<Clock, 'monotonic'>;
  /** On the clock, when the request was sent. */
  readonly startedAt: number;
}

/**
 * The content and finishes of a generated answer, however its server shapes them. A body without
 * an end (no `[DONE]` and no finish reason) fails with `unavailable`.
 */
export async function* readAnswer(
  response: HttpResponse,
  context: AnswerContext,
): AsyncGenerator<InferenceChunk, void, undefined> {
  const answer = new AnswerAssembler(context);
  for await (const payload of payloadsOf(response)) {
    if (payload === '[DONE]') {
      answer.done();
      break;
    }
    const wire = parseAnswer(payload);
    if (wire === undefined) throw notAnAnswer(context);
    if (wire.error !== undefined && wire.error !== null) {
      throw failureOfEvent(wire.error, context);
    }
    yield* answer.take(wire);
  }
  yield* answer.end();
}

/** A server that cannot stream, or failed with status 200, answers with one JSON body. */
async function* payloadsOf(response: HttpResponse): AsyncGenerator<string, void, undefined> {
  const type = String(response.headers['content-type'] ?? '');
  if (!type.includes('application/json')) yield* readServerSentEvents(response.body);
  else yield await readAnswerText(response);
}

function notAnAnswer({ serverName }: ServerIdentity): MillpondError {
  return new MillpondError(
    'unavailable',
    `${serverName} sent something that is no answer of the OpenAI API; check its address`,
  );
}
