import { ChildAbort } from '../../../core/child-abort.ts';
import type { Clock } from '../../../core/clock.ts';
import { MillpondError } from '../../../core/error.ts';
import type { HttpClient, HttpResponse } from '../../../core/http.ts';
import type {
  ChatInput,
  CompletionInput,
  InferenceBackend,
  InferenceChunk,
  InferenceRequest,
  ServedBy,
} from '../../../core/inference.ts';
import { noUsage } from '../../../core/usage.ts';
import { readAnswer } from './answer-reader.ts';
import type { AnswerContext } from './answer-reader.ts';
import { checkSupport } from './check-support.ts';
import { failureOfResponse } from './failure.ts';
import { forwardRaw, rawFor } from './forward-raw.ts';
import type { OwnBytes } from './forward-raw.ts';
import { chatBody, completionBody } from './request-body.ts';
import type { OpenAiQuirks } from './quirks.ts';
import { cutAtStop } from './stop-cutter.ts';
import { embed, rerank } from './vector-tasks.ts';
import { remoteBackend } from '../../remote-answer.ts';

export interface OpenAiBackendDeps {
  readonly http: HttpClient;
  readonly clock: Pick<Clock, 'monotonic' | 'after'>;
  /** Where the API begins, such as `http://127.0.0.1:11434/v1`; no slash at the end. */
  readonly baseUrl: string;
  /** What the server calls the model. */
  readonly modelName: string;
  /** For messages, such as `Ollama at 127.0.0.1:11434`. */
  readonly serverName: string;
  /** Read once for each request: credentials. */
  readonly headers: () => Readonly<Record<string, string>>;
  readonly servedBy: ServedBy;
  readonly quirks: OpenAiQuirks;
  /** Further fields of each generation, for servers that Millpond started itself. */
  readonly extraBody?: Readonly<Record<string, unknown>>;
}

/**
 * One model of a server that speaks the OpenAI API. Fails before the head for everything the
 * server says with a status; a stream that is cut fails with `unavailable`, never ends early.
 * Aborting or leaving closes the connection, which is how such servers are told to stop.
 */
export function createOpenAiBackend(deps: OpenAiBackendDeps): InferenceBackend {
  return remoteBackend(deps.serverName, (request, signal) => answer(deps, request, signal));
}

function answer(
  deps: OpenAiBackendDeps,
  request: InferenceRequest,
  signal: AbortSignal,
): AsyncGenerator<InferenceChunk> {
  const { input } = request;
  const own = rawFor(request, deps.quirks);
  if (own !== undefined) return passOn(deps, { request, own, signal });
  const post = (path: string, body: object): Promise<HttpResponse> =>
    send(deps, path, { body: JSON.stringify({ ...body, ...deps.extraBody }), signal });
  switch (input.task) {
    case 'chat':
    case 'completion':
      return generate(deps, { request, input, post, signal });
    case 'embedding':
      return embed(input, { ...deps, post });
    case 'rerank':
      return rerank(input, { ...deps, post });
    case 'count':
      throw new MillpondError(
        'unsupported-capability',
        `${deps.serverName} does not count the tokens of a chat`,
      );
    case 'proxy':
      throw new MillpondError(
        'unsupported-capability',
        `${deps.serverName} is not asked for anything but answers of models`,
      );
  }
}

interface Generation {
  readonly request: InferenceRequest;
  readonly input: ChatInput | CompletionInput;
  readonly post: (path: string, body: object) => Promise<HttpResponse>;
  readonly signal: AbortSignal;
}

async function* generate(
  deps: OpenAiBackendDeps,
  { request, input, post, signal }: Generation,
): AsyncGenerator<InferenceChunk> {
  const { quirks, modelName, serverName, clock } = deps;
  checkSupport(input, quirks, serverName);
  const startedAt = clock.monotonic();
  const response =
    input.task === 'chat'
      ? await post('/chat/completions', chatBody(input, modelName, quirks))
      : await post('/completions', completionBody(input, modelName, quirks));
  const { requestId } = request.envelope;
  const context = { requestId, input, serverName, modelName, quirks, clock, startedAt };
  const answer = endingAtStops(readAnswer(response, context), context);
  try {
    // An error that comes with status 200 still fails before the head.
    const first = await answer.next();
    yield { type: 'head', servedBy: deps.servedBy, headers: {} };
    signal.throwIfAborted();
    yield* echoOf(input);
    if (first.done !== true) yield first.value;
    yield* answer;
  } finally {
    await answer.return();
  }
}

function endingAtStops(
  answer: AsyncGenerator<InferenceChunk, void, undefined>,
  { input, quirks, clock, startedAt }: AnswerContext,
): AsyncGenerator<InferenceChunk, void, undefined> {
  if (quirks.losesTextAtStop !== true || input.stop.length === 0) return answer;
  return cutAtStop(answer, input.stop, ({ usage = noUsage }, stopSequence) => {
    const ms = clock.monotonic() - startedAt;
    const timings = { queuedMs: 0, loadMs: 0, prefillMs: 0, firstTokenMs: 0, decodeMs: ms };
    return { type: 'finish', choice: 0, reason: 'stop', stopSequence, usage, timings };
  });
}

/** The prompt in front of the answer, where it was asked for: no server needs to send it back. */
function* echoOf(input: ChatInput | CompletionInput): Generator<InferenceChunk> {
  if (input.task !== 'completion' || !input.echo || typeof input.prompt !== 'string') return;
  for (let choice = 0; choice < input.choices; choice += 1) {
    yield { type: 'text', choice, text: input.prompt };
  }
}

interface Passing {
  readonly request: InferenceRequest;
  readonly own: OwnBytes;
  readonly signal: AbortSignal;
}

/** A server that has said its last word may close the connection in so many milliseconds, or loses it. */
const lingerMs = 100;

/** The caller's bytes to the server, and the server's bytes back. */
async function* passOn(
  deps: OpenAiBackendDeps,
  { request, own, signal }: Passing,
): AsyncGenerator<InferenceChunk> {
  const { clock, servedBy } = deps;
  const startedAt = clock.monotonic();
  const stop = new ChildAbort(signal);
  let cancel = (): void => {};
  let answer: AsyncGenerator<InferenceChunk, void, undefined> | undefined;
  try {
    const { response, chunks } = await forwardRaw(request, own, {
      ...deps,
      publicName: servedBy.model,
      onDone: () => {
        cancel = clock.after(lingerMs, () => {
          stop.abort(new MillpondError('cancelled', 'The answer is over'));
        });
      },
      post: ({ path, headers }, body) => send(deps, path, { body, headers, signal: stop.signal }),
    });
    answer = chunks ?? takenApart(deps, response, { request, startedAt });
    // An error that comes with status 200 still fails before the head.
    const first = await answer.next();
    yield { type: 'head', servedBy, headers: {} };
    signal.throwIfAborted();
    if (first.done !== true) yield first.value;
    yield* answer;
  } finally {
    cancel();
    stop.release();
    await answer?.return();
  }
}

/** For servers that answer in one piece where a stream was asked for, or the other way round. */
function takenApart(
  deps: OpenAiBackendDeps,
  response: HttpResponse,
  { request, startedAt }: { readonly request: InferenceRequest; readonly startedAt: number },
): AsyncGenerator<InferenceChunk, void, undefined> {
  const { input, envelope } = request;
  if (input.task === 'chat' || input.task === 'completion') {
    const { requestId } = envelope;
    return readAnswer(response, { ...deps, requestId, input, startedAt });
  }
  throw new MillpondError(
    'unavailable',
    `${deps.serverName} answered with something else than was asked for; try again`,
  );
}

interface Post {
  readonly body: string | Uint8Array;
  readonly signal: AbortSignal;
  readonly headers?: Readonly<Record<string, string>>;
}

async function send(
  deps: OpenAiBackendDeps,
  path: string,
  { body, signal, headers }: Post,
): Promise<HttpResponse> {
  const response = await deps.http.request({
    method: 'POST',
    url: `${deps.baseUrl}${path}`,
    headers: { ...headers, 'content-type': 'application/json', ...deps.headers() },
    body,
    signal,
  });
  if (response.status >= 200 && response.status < 300) return response;
  throw await failureOfResponse(response, deps);
}
