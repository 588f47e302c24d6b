import { buffer } from 'node:stream/consumers';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { onTestFinished } from 'vitest';
import type {
  ChatInput,
  InferenceBackend,
  InferenceChunk,
  InferenceRequest,
  RawRequest,
} from '../../../core/inference.ts';
import { createConnectionRegister } from '../../../platform/http/connection-register.ts';
import { createHttpClient } from '../../../platform/http/http-client.ts';
import { systemClock } from '../../../platform/system-clock.ts';
import { messageEnd, messageStart, ping, textBlock } from '../../../testing/anthropic-wire.ts';
import { serveHttp } from '../../../testing/http-servers.ts';
import { chatRequest, collect } from '../../../testing/inference-requests.ts';
import { createAnthropicBackend } from './anthropic-backend.ts';

interface Asked {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

interface Subject {
  readonly backend: InferenceBackend;
  readonly asked: readonly Asked[];
  /** Connections on which an answer is being written. */
  open(): number;
}

type Script = (response: ServerResponse) => void | Promise<void>;

interface Names {
  readonly modelName?: string;
  readonly publicName?: string;
}

/** A server that answers by a script, and a backend that asks it. */
export async function subjectOf(script: Script, names: Names = {}): Promise<Subject> {
  const { modelName = 'claude-sonnet-4-5', publicName = modelName } = names;
  const asked: Asked[] = [];
  let open = 0;
  const origin = await serveHttp((request, response) => {
    open += 1;
    response.on('close', () => (open -= 1));
    void buffer(request).then(async (body) => {
      asked.push({ url: request.url ?? '', headers: request.headers, text: body.toString() });
      await script(response);
    });
  });
  const http = createHttpClient({
    register: createConnectionRegister(systemClock),
    purpose: 'attached-server',
  });
  onTestFinished(() => http.close());
  const backend = createAnthropicBackend({
    ...{ http, clock: systemClock, modelName },
    baseUrl: `${origin}/v1`,
    serverName: 'The fake',
    headers: () => ({ 'x-api-key': 'sk-test' }),
    servedBy: { upstream: 'fake', machine: 'cloud', model: publicName },
  });
  return { backend, asked, open: () => open };
}

export const streaming =
  (...parts: readonly string[]): Script =>
  (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(parts.join(''));
  };

export const failing =
  (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Script =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  };

export const usage = {
  input_tokens: 10,
  cache_read_input_tokens: 5,
  cache_creation_input_tokens: 3,
};
export const plain = [
  messageStart({ ...usage, output_tokens: 1 }),
  ping,
  textBlock(0, 'Hel', 'lo'),
  messageEnd({ output_tokens: 2 }),
];

export function run(
  backend: InferenceBackend,
  input: Partial<ChatInput> = {},
  raw?: RawRequest,
): Promise<InferenceChunk[]> {
  const { signal } = new AbortController();
  return collect(backend.infer(requestOf(input, raw), { signal }));
}

export function requestOf(input: Partial<ChatInput> = {}, raw?: RawRequest): InferenceRequest {
  return { ...chatRequest('Hi', { input: { sampling: {}, ...input } }), ...(raw && { raw }) };
}

export function finishOf(chunks: readonly InferenceChunk[]) {
  const last = chunks.at(-1);
  if (last?.type !== 'finish') throw new Error('the answer has no finish');
  return last;
}

export function bodyOf({ asked }: Subject): unknown {
  return JSON.parse(asked[0]?.text ?? '');
}

export function rawOf({
  body = '{"model":"public","stream":true,"messages":[{"role":"user","content":"Hi"}]}',
  path = '/messages',
  headers = {},
}: {
  readonly body?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
}): RawRequest {
  return {
    dialect: 'anthropic',
    method: 'POST',
    path,
    headers,
    body: new TextEncoder().encode(body),
    demands: [],
  };
}

/** What comes before an answer fails, and the failure. */
export async function untilFailure(
  backend: InferenceBackend,
  request: InferenceRequest,
): Promise<{ readonly seen: readonly InferenceChunk[]; readonly failure: unknown }> {
  const seen: InferenceChunk[] = [];
  const { signal } = new AbortController();
  try {
    for await (const chunk of backend.infer(request, { signal })) seen.push(chunk);
  } catch (failure) {
    return { seen, failure };
  }
  throw new Error('the answer did not fail');
}
