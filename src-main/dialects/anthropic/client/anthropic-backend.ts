import type { Clock } from '../../../core/clock.ts';
import { MillpondError } from '../../../core/error.ts';
import { readBodyText } from '../../../core/http-body.ts';
import type { HttpClient, HttpResponse } from '../../../core/http.ts';
import type {
  ChatInput,
  CountInput,
  InferenceBackend,
  InferenceChunk,
  InferenceRequest,
  RawRequest,
  ServedBy,
} from '../../../core/inference.ts';
import { noUsage } from '../../../core/usage.ts';
import { readField, readTextField, withField } from '../../splice-json.ts';
import { isWhole, notAnAnswer, readAnswer } from './answer-reader.ts';
import { checkSupport } from './check-support.ts';
import { failureOfResponse } from './failure.ts';
import { withoutForeignThinking } from './foreign-thinking.ts';
import { familyOf } from './model-family.ts';
import { readRawAnswer } from './raw-answer.ts';
import { countBody, messageBody } from './request-body.ts';
import { parseCount } from './wire-events.ts';
import { remoteBackend } from '../../remote-answer.ts';

export interface AnthropicBackendDeps {
  readonly http: HttpClient;
  readonly clock: Pick<Clock, 'monotonic'>;
  /** Where the API begins, such as `https://api.anthropic.com/v1`; no slash at the end. */
  readonly baseUrl: string;
  /** What the server calls the model. */
  readonly modelName: string;
  /** For messages, such as `Anthropic`. */
  readonly serverName: string;
  /** Read once for each request: credentials, such as `x-api-key`. */
  readonly headers: () => Readonly<Record<string, string>>;
  /** Its `model` is what callers see in answers. */
  readonly servedBy: ServedBy;
}

/** The one version of the API there is; callers may name another one. */
const apiVersion = '2023-06-01';

/**
 * One model of a server that speaks Anthropic's Messages API. A request in that dialect passes with its
 * bytes untouched but for the name of the model, and so does its answer. Fails before the head for
 * everything the server says with a status or in the first event; a stream that is cut fails with
 * `unavailable`, never ends early. Aborting or leaving closes the connection.
 */
export function createAnthropicBackend(deps: AnthropicBackendDeps): InferenceBackend {
  return remoteBackend(deps.serverName, (request, signal) => answer(deps, request, signal));
}

function answer(
  deps: AnthropicBackendDeps,
  request: InferenceRequest,
  signal: AbortSignal,
): AsyncGenerator<InferenceChunk> {
  const { input } = request;
  const raw = request.raw?.dialect === 'anthropic' ? request.raw : undefined;
  switch (input.task) {
    case 'chat':
      return generate(deps, { input, raw, signal });
    case 'count':
      return count(deps, { input, raw, signal });
    case 'completion':
    case 'embedding':
    case 'rerank':
    case 'proxy':
      throw new MillpondError(
        'unsupported-capability',
        `${deps.serverName} is only asked for chats, which are all that it answers here`,
      );
  }
}

interface Call<Input> {
  readonly input: Input;
  /** Present when the caller's own bytes may pass. */
  readonly raw: RawRequest | undefined;
  readonly signal: AbortSignal;
}

async function* generate(
  deps: AnthropicBackendDeps,
  { input, raw, signal }: Call<ChatInput>,
): AsyncGenerator<InferenceChunk> {
  const { clock, modelName, serverName, servedBy } = deps;
  const context = { clock, modelName, serverName, startedAt: clock.monotonic() };
  let content: AsyncGenerator<InferenceChunk, void, undefined>;
  if (raw === undefined) {
    checkSupport(input, serverName);
    const family = familyOf(modelName);
    const body = JSON.stringify(messageBody(input, { model: modelName, family, serverName }));
    content = readAnswer(await send(deps, { path: '/messages', body, signal }), context);
  } else {
    const response = await sendRaw(deps, input, raw, signal);
    const isRenamed = servedBy.model !== modelName;
    const named = { ...context, ...(isRenamed && { publicName: servedBy.model }) };
    content = isAsAsked(response, raw)
      ? readRawAnswer(response, named)
      : readAnswer(response, context);
  }
  try {
    // An error that comes with status 200 still fails before the head.
    const first = await content.next();
    yield { type: 'head', servedBy, headers: {} };
    signal.throwIfAborted();
    if (first.done !== true) yield first.value;
    yield* content;
  } finally {
    await content.return();
  }
}

/** What came in another form than its reader waits for has to be taken apart and written anew. */
function isAsAsked(response: HttpResponse, { body }: RawRequest): boolean {
  return isWhole(response) !== (readField(body, ['stream']) === true);
}

async function* count(
  deps: AnthropicBackendDeps,
  { input, raw, signal }: Call<CountInput>,
): AsyncGenerator<InferenceChunk> {
  const path = '/messages/count_tokens';
  const body = JSON.stringify(countBody(input, deps.modelName));
  const asked =
    raw === undefined ? send(deps, { path, body, signal }) : sendRaw(deps, input, raw, signal);
  const response = await asked.catch((failure: unknown) => {
    throw withoutCounting(failure, deps);
  });
  const text = await readBodyText(response);
  const promptTokens = parseCount(text);
  if (promptTokens === undefined) throw notAnAnswer(deps);
  const usage = { ...noUsage, promptTokens };
  yield { type: 'head', servedBy: deps.servedBy, headers: {} };
  if (raw !== undefined) yield { type: 'raw', dialect: 'anthropic', text, usage };
  const timings = { queuedMs: 0, loadMs: 0, prefillMs: 0, firstTokenMs: 0, decodeMs: 0 };
  yield { type: 'finish', reason: 'stop', usage, timings };
}

/** Servers that only take after this API do not all count: that is no word about the model. */
function withoutCounting(failure: unknown, { serverName }: AnthropicBackendDeps): unknown {
  if (!(failure instanceof MillpondError) || failure.code !== 'model-not-found') return failure;
  const sentence = `${serverName} does not count the tokens of a chat`;
  return new MillpondError('unsupported-capability', sentence, { cause: failure });
}

function sendRaw(
  deps: AnthropicBackendDeps,
  input: ChatInput | CountInput,
  raw: RawRequest,
  signal: AbortSignal,
): Promise<HttpResponse> {
  const own = withoutForeignThinking(raw.body, input);
  const isNamed = readTextField(own, ['model']) === deps.modelName;
  const body = isNamed ? own : withField(own, 'model', deps.modelName);
  return send(deps, { path: raw.path, body, signal, headers: raw.headers });
}

interface Post {
  readonly path: string;
  readonly body: string | Uint8Array;
  readonly signal: AbortSignal;
  readonly headers?: Readonly<Record<string, string>>;
}

async function send(
  deps: AnthropicBackendDeps,
  { path, body, signal, headers = {} }: Post,
): Promise<HttpResponse> {
  const response = await deps.http.request({
    method: 'POST',
    url: `${deps.baseUrl}${path}`,
    headers: {
      'anthropic-version': apiVersion,
      ...headers,
      'content-type': 'application/json',
      ...deps.headers(),
    },
    body,
    signal,
  });
  if (response.status >= 200 && response.status < 300) return response;
  throw await failureOfResponse(response, deps);
}
