import { MillpondError } from '../../core/error.ts';
import { readBodyText } from '../../core/http-body.ts';
import type { HttpClient, HttpResponse } from '../../core/http.ts';
import type { InferenceChunk, RawRequest, ServedBy } from '../../core/inference.ts';
import { noUsage } from '../../core/usage.ts';
import type { TokenUsage } from '../../core/usage.ts';
import { isForm, withFormField } from '../../dialects/form-field.ts';
import { readPassingBody } from '../../dialects/passing-body.ts';
import { passingUsage } from '../../dialects/passing-usage.ts';
import type { PassingUsage } from '../../dialects/passing-usage.ts';
import { readTextField, withField } from '../../dialects/splice-json.ts';
import { failureOf } from './dialect-clients.ts';
import type { Preset } from './presets.ts';

export interface ProxyDeps {
  readonly http: HttpClient;
  readonly preset: Preset;
  readonly baseUrl: string;
  readonly modelName: string;
  readonly serverName: string;
  readonly servedBy: ServedBy;
  readonly headers: () => Readonly<Record<string, string>>;
  /** A text without the key that the request was sent with. */
  readonly hideKey: (text: string) => string;
}

/** Of the texts that models are asked about; only used where the provider does not count. */
const charactersPerToken = 4;

/** An error's body is read to see whether another key would help; a longer one is no error of an API. */
const mostErrorBytes = 1024 * 1024;

/**
 * Any request to a provider, and its answer as it is. Only what is the fault of its key or of the
 * provider itself is a failure, so that somebody else is tried; everything else is the caller's answer.
 */
export async function* forwardProxy(
  raw: RawRequest,
  deps: ProxyDeps,
  signal: AbortSignal,
): AsyncGenerator<InferenceChunk, void, undefined> {
  const hasBody = raw.method !== 'GET' && raw.method !== 'HEAD' && raw.body.byteLength > 0;
  const body = raw.upload?.take() ?? (hasBody ? withModel(raw, deps.modelName) : undefined);
  const response = await deps.http.request({
    method: raw.method,
    url: urlBelow(deps.baseUrl, raw.path),
    headers: { ...raw.headers, ...deps.headers() },
    ...(body !== undefined && { body }),
    signal,
  });
  const answer = await answerOrFailure(response, deps);
  yield {
    type: 'head',
    servedBy: deps.servedBy,
    headers: { ...plainHeaders(response), ...answer.headers },
    status: response.status,
  };
  const used = usageOf(response, raw, deps);
  for await (const bytes of answer.body) {
    used.take(bytes);
    yield bytesChunk(bytes, used.soFar());
  }
  // An answer without a body is one all the same.
  yield bytesChunk(new Uint8Array(), used.end());
}

function bytesChunk(bytes: Uint8Array, usage: TokenUsage | undefined): InferenceChunk {
  return { type: 'bytes', bytes, ...(usage && { usage }) };
}

/** Nobody charges for a request that was refused. */
const refused: PassingUsage = {
  take: () => undefined,
  soFar: () => noUsage,
  end: () => noUsage,
};

/** Counts along, so that an answer costs the same whichever address it was asked at. */
function usageOf(
  { status, headers }: HttpResponse,
  raw: RawRequest,
  { preset }: ProxyDeps,
): PassingUsage {
  if (status >= 400) return refused;
  const characters = readPassingBody(raw)?.texts.reduce((sum, text) => sum + text.length, 0) ?? 0;
  const type = String(headers['content-type'] ?? '');
  return passingUsage(type, preset.dialect, Math.ceil(characters / charactersPerToken));
}

interface PassingAnswer {
  readonly body: AsyncIterable<Uint8Array>;
  /** In place of the server's. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Throws what another key or provider may do better. */
async function answerOrFailure(
  response: HttpResponse,
  { preset, serverName, modelName, hideKey }: ProxyDeps,
): Promise<PassingAnswer> {
  if (response.status < 400) return { body: response.body };
  const text = await readBodyText(response, {
    maxBytes: mostErrorBytes,
    tooLarge: () => new MillpondError('unavailable', `${serverName} failed at length; try again`),
  });
  const bytes = new TextEncoder().encode(hideKey(text));
  const again = (): AsyncIterable<Uint8Array> => onePiece(bytes);
  const names = { serverName, modelName };
  const failure = await failureOf(preset, { ...response, body: again() }, names);
  const isTheirs = ['unauthenticated', 'rate-limited', 'overloaded', 'unavailable'];
  if (isTheirs.includes(failure.code)) throw failure;
  // Without the key it may be shorter than its server said.
  const hasLength = response.headers['content-length'] !== undefined && text !== '';
  const length = { 'content-length': bytes.byteLength.toString() };
  return { body: again(), ...(hasLength && { headers: length }) };
}

async function* onePiece(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  if (bytes.byteLength > 0) yield await Promise.resolve(bytes);
}

/** The provider's own name for the model, where the body is one of a kind that names it. */
function withModel({ body, headers }: RawRequest, modelName: string): Uint8Array {
  const type = headers['content-type'] ?? '';
  if (isForm(type)) return withFormField(body, type, { name: 'model', value: modelName });
  const named = readTextField(body, ['model']);
  return named === undefined || named === modelName ? body : withField(body, 'model', modelName);
}

/** Nothing that a path says leads out of the provider's address. */
function urlBelow(baseUrl: string, path: string): string {
  const base = new URL(baseUrl);
  const url = URL.canParse(`${baseUrl}${path}`) ? new URL(`${baseUrl}${path}`) : undefined;
  const isBelow =
    url !== undefined &&
    path.startsWith('/') &&
    !/[\\\s#]/.test(path) &&
    url.origin === base.origin &&
    url.username === '' &&
    url.pathname.startsWith(`${base.pathname.replace(/\/$/, '')}/`);
  if (isBelow) return url.href;
  throw new MillpondError('invalid-request', 'This path leads out of the address of the provider');
}

function plainHeaders({ headers }: HttpResponse): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined
        ? []
        : [[name, typeof value === 'string' ? value : value.join(', ')] as const],
    ),
  );
}
