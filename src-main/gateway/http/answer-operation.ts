import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import type { InferenceChunk } from '../../core/inference.ts';
import { passingRaw } from '../../dialects/stream.ts';
import type { AnswerIdentity } from '../../dialects/stream.ts';
import type { LiveRequests } from '../activity/live-requests.ts';
import type { Ask, InferCall } from '../inference-gateway.ts';
import { callerOf } from './access.ts';
import type { Operation, OperationKind } from './operations.ts';
import { collectOrPass, sendWhole } from './pass-raw.ts';
import { rawRequestOf } from './raw-request.ts';
import { pathOf } from './request-path.ts';
import { readWishes } from './request-wishes.ts';
import type { RequestWishes } from './request-wishes.ts';
import { sendStream } from './send-stream.ts';
import type { StreamTiming } from './send-stream.ts';
import { headerSafe, headHeaders } from './served-by.ts';

export interface AnswerDeps {
  readonly infer: InferCall;
  /** Shows a request in Activity that was wrong before any model was asked. */
  readonly refuse: LiveRequests['refuse'];
  readonly clock: Clock;
  readonly timing: StreamTiming;
  /** How long a caller who gets one whole answer is kept waiting. */
  readonly deadlineMs: number;
}

export interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly deps: AnswerDeps;
}

/** Decodes the body, asks the pipeline and writes the answer as the caller wants it. */
export async function answerOperation(
  exchange: Exchange,
  kind: OperationKind,
  body: unknown,
): Promise<FastifyReply> {
  const { reply, request, deps } = exchange;
  const operation = decode(exchange, kind, body);
  const { decoded, createStream } = operation;
  const receivedAt = deps.clock.now();
  const identity: AnswerIdentity = {
    requestId: request.id,
    receivedAt,
    includeUsage: decoded.includeUsage,
  };
  if (decoded.ignored.length > 0) {
    void reply.header('x-millpond-ignored', ignoredHeader(decoded.ignored));
  }
  const deadlineAt = deadlineOf(exchange, operation, receivedAt);
  const leave = watchCaller(reply);
  const { 'idempotency-key': idempotencyKey } = request.headers;
  const ask: Omit<Ask, 'streamed'> = {
    requestId: request.id,
    model: decoded.model,
    input: decoded.input,
    caller: callerOf(request),
    signal: leave.signal,
    receivedAt,
    client: clientName(request.headers['user-agent']),
    path: pathOf(request.url),
    wishes: operation.wishes,
    ...(deadlineAt !== undefined && { deadlineAt }),
    ...(typeof idempotencyKey === 'string' && { idempotencyKey }),
    ...(kind.raw && { raw: rawRequestOf(request, kind.raw, decoded.demands) }),
  };
  if (decoded.stream && createStream !== undefined) {
    await sendStream(deps.infer({ ...ask, streamed: true }), {
      response: reply.raw,
      headers: plainHeaders(reply),
      encoder: passingRaw(createStream(identity)),
      clock: deps.clock,
      timing: deps.timing,
    });
    return reply.hijack();
  }
  const chunks = noteRoute(deps.infer({ ...ask, streamed: false }), (headers) => {
    void reply.headers(headers);
  });
  return sendWhole(reply, await collectOrPass(chunks, (own) => operation.collect(own, identity)));
}

/** Nobody waits for ever for one whole answer; a stream ends when its reader leaves. */
function deadlineOf(
  { deps }: Exchange,
  { decoded, createStream, deadlineMs }: ReadyOperation,
  receivedAt: number,
): number | undefined {
  const isStreamed = decoded.stream && createStream !== undefined;
  const waitMs = isStreamed ? deadlineMs : Math.min(deadlineMs ?? Infinity, deps.deadlineMs);
  return waitMs === undefined ? undefined : receivedAt + waitMs;
}

type ReadyOperation = Operation & RequestWishes;

/** Reads body and headers. What is wrong with them is told to the caller and shown in Activity. */
function decode({ request, deps }: Exchange, kind: OperationKind, body: unknown): ReadyOperation {
  try {
    const operation = kind.decode(body);
    return { ...operation, ...readWishes(request.headers, operation.decoded.affinity) };
  } catch (thrown) {
    const error = MillpondError.from(thrown);
    const hasModel = typeof body === 'object' && body !== null && 'model' in body;
    deps.refuse({
      requestId: request.id,
      caller: callerOf(request),
      client: clientName(request.headers['user-agent']),
      task: kind.task,
      path: pathOf(request.url),
      model: hasModel && typeof body.model === 'string' ? body.model : '',
      error,
    });
    throw error;
  }
}

/** Aborts as soon as the caller's connection closes before the answer was complete. */
export function watchCaller(reply: FastifyReply): AbortController {
  const controller = new AbortController();
  reply.raw.on('close', () => {
    if (reply.raw.writableFinished) return;
    controller.abort(new MillpondError('cancelled', 'The caller left before the end'));
  });
  return controller;
}

/** Tells in headers who answers, and who was lost on the way. */
async function* noteRoute(
  chunks: AsyncIterable<InferenceChunk>,
  note: (headers: Record<string, string>) => void,
): AsyncGenerator<InferenceChunk, void, undefined> {
  const movedFrom: string[] = [];
  for await (const chunk of chunks) {
    if (chunk.type === 'head') {
      note(headHeaders(chunk));
    }
    if (chunk.type === 'status' && chunk.status.phase === 'moved') {
      movedFrom.push(headerSafe(chunk.status.from));
      note({
        'x-millpond-machine': headerSafe(chunk.status.to),
        'x-millpond-moved-from': movedFrom.join(', '),
      });
    }
    yield chunk;
  }
}

/** Headers set so far: a streamed answer is written past the framework. */
export function plainHeaders(reply: FastifyReply): Record<string, string> {
  return Object.fromEntries(
    Object.entries(reply.getHeaders()).map(([name, value]) => [name, String(value)]),
  );
}

const maxNamed = 50;
const maxNameLength = 100;

function ignoredHeader(names: readonly string[]): string {
  return names
    .slice(0, maxNamed)
    .map((name) => headerSafe(name.slice(0, maxNameLength)))
    .join(', ');
}

const maxClientLength = 60;

/** The first product of a User-Agent: `OpenAI/JS 7.57.0` is `OpenAI/JS`. */
export function clientName(userAgent: string | undefined): string {
  const product = userAgent?.trim().split(/\s/, 1)[0];
  return product === undefined || product === '' ? 'unknown' : product.slice(0, maxClientLength);
}
