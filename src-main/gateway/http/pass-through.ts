import type { FastifyReply, FastifyRequest } from 'fastify';
import { MillpondError } from '../../core/error.ts';
import type { InferenceRequest, WireDialect } from '../../core/inference.ts';
import { isForm, readFormField } from '../../dialects/form-field.ts';
import { refuseRoutingFields } from '../../dialects/openai/fields.ts';
import { callerScope } from '../caller.ts';
import type { Scope, UpstreamDirectory } from '../ports.ts';
import { callerOf } from './access.ts';
import { clientName, plainHeaders, watchCaller } from './answer-operation.ts';
import type { AnswerDeps } from './answer-operation.ts';
import { parseJsonBody } from './json-body.ts';
import { headersForUpstream } from './passed-headers.ts';
import { proxyOf } from './proxied.ts';
import { pathOf } from './request-path.ts';
import { readWishes } from './request-wishes.ts';
import { sendBytes } from './send-bytes.ts';
import type { SendBytesOptions } from './send-bytes.ts';

export interface PassThroughDeps extends AnswerDeps {
  readonly directory: UpstreamDirectory;
  /** Larger bodies are not kept. */
  readonly maxBodyBytes: number;
}

interface Passage {
  readonly model: string;
  readonly dialect: WireDialect;
  /** Below the provider's address, with its query. */
  readonly path: string;
  readonly check?: SendBytesOptions['check'];
}

/** Sends a request to a provider of the model as it came, and the answer back as it came. */
export async function passThrough(
  { request, reply, deps }: Exchanged,
  { model, dialect, path, check }: Passage,
): Promise<FastifyReply> {
  const { deadlineMs, wishes } = readWishes(request.headers);
  const receivedAt = deps.clock.now();
  const chunks = deps.infer({
    requestId: request.id,
    model,
    input: { task: 'proxy' },
    caller: callerOf(request),
    signal: watchCaller(reply).signal,
    ...{ receivedAt, wishes, streamed: false },
    client: clientName(request.headers['user-agent']),
    path: pathOf(request.url),
    ...(deadlineMs !== undefined && { deadlineAt: receivedAt + deadlineMs }),
    raw: {
      ...{ dialect, path },
      method: request.method,
      headers: passedHeaders(request),
      body: request.millpondBytes ?? new Uint8Array(),
      demands: [],
      ...(request.millpondUpload && { upload: request.millpondUpload }),
    },
  });
  await sendBytes(chunks, {
    response: reply.raw,
    requestId: request.id,
    headers: plainHeaders(reply),
    clock: deps.clock,
    timing: deps.timing,
    ...(check && { check }),
  });
  return reply.hijack();
}

/** The length of a body that passes unread is as its caller says. */
function passedHeaders({
  headers,
  raw,
  millpondUpload,
}: FastifyRequest): Readonly<Record<string, string>> {
  // Who signed in with the proxy in front of us is no matter of the provider's.
  const { [proxyOf(raw)?.userHeader ?? '']: _person, ...others } = headers;
  const passed = headersForUpstream(others);
  const { 'content-length': length } = headers;
  return millpondUpload === null || length === undefined
    ? passed
    : { ...passed, 'content-length': length };
}

interface Exchanged {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly deps: PassThroughDeps;
}

/**
 * The model that a JSON or form body names, whatever its type claims: providers differ in what they look
 * at. Undefined where it names none or is neither. Fields that route or carry credentials are refused by
 * name, and so is a body that cannot be read here, for those who may not ask every model.
 */
export function modelInBody(request: FastifyRequest): string | undefined {
  const { headers, millpondBytes: bytes } = request;
  const type = headers['content-type'] ?? '';
  if (bytes === null || bytes.byteLength === 0) return undefined;
  if (isPacked(headers['content-encoding']) && !mayAskAll(request)) throw packedBody();
  if (isForm(type)) return readFormField(bytes, type, 'model');
  const text = Buffer.from(bytes).toString('utf8');
  if (urlEncoded.test(type)) {
    const named = new URLSearchParams(text).getAll('model');
    if (named.length > 1) throw twoModels();
    if (named.length === 1) return named[0];
  }
  const body = isJson(type) ? parseJsonBody(text) : objectIn(text);
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return undefined;
  refuseRoutingFields(body);
  return 'model' in body && typeof body.model === 'string' ? body.model : undefined;
}

const urlEncoded = /^application\/x-www-form-urlencoded\b/i;

function isJson(type: string): boolean {
  return /^application\/(?:[\w.-]+\+)?json\b/i.test(type.trim());
}

/** What looks like a JSON object; undefined for any other bytes. */
function objectIn(text: string): unknown {
  const begun = text.replace(/^\uFEFF/, '');
  if (!/^\s*\{/.test(begun)) return undefined;
  try {
    return JSON.parse(begun);
  } catch {
    return undefined; // bytes that happen to begin with a brace
  }
}

function isPacked(encoding: string | undefined): boolean {
  return encoding !== undefined && !/^\s*(?:identity)?\s*$/i.test(encoding);
}

/** Every model of every provider: then nothing has to be known about a body. */
export function mayAskAll(request: FastifyRequest): boolean {
  const { providers, models } = callerScope(callerOf(request));
  return providers === 'own' && models === undefined;
}

function packedBody(): MillpondError {
  return new MillpondError(
    'invalid-request',
    "Send the body without 'content-encoding': which model it names has to be seen here",
    { param: 'content-encoding' },
  );
}

function twoModels(): MillpondError {
  return new MillpondError('invalid-request', "'model' is there twice", { param: 'model' });
}

/** The API that providers of a model speak; undefined where no provider has it. */
export function dialectOf(
  name: string,
  scope: Scope,
  directory: UpstreamDirectory,
): WireDialect | undefined {
  const found = directory.resolve(name, scope);
  const names = found?.alias?.members.map(({ model }) => model) ?? [name];
  for (const each of names) {
    const resolved = directory.resolve(each, scope);
    if (resolved === undefined) continue;
    const upstreams = directory.candidates(probe(resolved, scope));
    const speaks = upstreams.flatMap(({ kind, speaks: own }) => (kind === 'provider' ? own : []));
    if (speaks[0] !== undefined) return speaks[0];
  }
  return undefined;
}

/** A request that asks nothing: only where it could go is of interest. */
function probe(
  model: { readonly id: string; readonly pin?: string },
  scope: Scope,
): InferenceRequest {
  return {
    envelope: {
      ...{ requestId: '', tenant: '', caller: '', priority: 0, privacy: 'any', marks: [] },
      model: model.id,
      pools: scope.pools,
      ...(model.pin !== undefined && { pin: model.pin }),
      ...(scope.providers && { providers: scope.providers }),
      ...(scope.isVisitor === true && { isVisitor: true }),
    },
    input: { task: 'proxy' },
  };
}

/** Models of providers exist for nobody who has not said who they are. */
export function providerScope(request: FastifyRequest): Scope {
  const caller = callerOf(request);
  const scope = callerScope(caller);
  if (scope.providers !== undefined) return scope;
  if (caller.kind === 'keyless') {
    throw new MillpondError(
      'unauthenticated',
      "Providers are reached with an API key only: make one on Millpond's Server page",
      { reason: 'missing_api_key' },
    );
  }
  throw new MillpondError('forbidden', 'The providers of this gateway are not shared with you');
}

/** The model exists, and no provider has it. */
export function noProviderHas(model: string, what: string): MillpondError {
  return new MillpondError(
    'unsupported-capability',
    `No provider has the model '${model.slice(0, 200)}', and ${what} only`,
    { param: 'model', reason: 'unsupported_capability' },
  );
}
