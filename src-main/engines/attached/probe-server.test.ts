import { expect, onTestFinished, test } from 'vitest';
import { createConnectionRegister } from '../../platform/http/connection-register.ts';
import { createHttpClient } from '../../platform/http/http-client.ts';
import { createFakeClock } from '../../testing/fake-clock.ts';
import { startFakeOpenAiServer } from '../../testing/fake-openai-server.ts';
import type { FakeServerOptions } from '../../testing/fake-openai-server.ts';
import { serveHttp } from '../../testing/http-servers.ts';
import { listModels, probeServer } from './probe-server.ts';
import type { ProbedServer } from './probe-server.ts';
import { createServerClient } from './server-client.ts';

async function probe(url: string, key?: string): Promise<ProbedServer> {
  const clock = createFakeClock();
  const register = createConnectionRegister(clock);
  const http = createHttpClient({ register, purpose: 'attached-server', env: {} });
  onTestFinished(() => http.close());
  const client = createServerClient({ http, clock, url, key: () => key });
  const { signal } = new AbortController();
  return probeServer(client, await listModels(client, signal), signal);
}

async function fake(options: FakeServerOptions): Promise<string> {
  const server = await startFakeOpenAiServer(options);
  onTestFinished(() => server.close());
  return server.url;
}

const none = { completion: false, embedding: false, rerank: false, continuation: false };

test('reads of Ollama what each model can do and where it really runs', async () => {
  const url = await fake({
    kind: 'ollama',
    models: [
      { id: 'llava:latest', contextLength: 4096, capabilities: ['vision', 'tools'] },
      { id: 'nomic-embed-text:latest', capabilities: ['embedding'] },
      {
        id: 'gpt-oss:120b-cloud',
        capabilities: ['thinking'],
        remoteHost: 'https://ollama.com:443',
      },
    ],
  });
  expect(await probe(url)).toEqual({
    kind: 'ollama',
    models: [
      {
        name: 'llava:latest',
        contextLength: 4096,
        capabilities: {
          ...{ ...none, chat: true, completion: true },
          ...{ vision: true, tools: true, reasoning: false },
        },
      },
      {
        name: 'nomic-embed-text:latest',
        contextLength: 2048,
        capabilities: {
          ...{ ...none, chat: false, embedding: true },
          ...{ vision: false, tools: false, reasoning: false },
        },
      },
      {
        name: 'gpt-oss:120b-cloud',
        contextLength: 2048,
        capabilities: {
          ...{ ...none, chat: true, completion: true },
          ...{ vision: false, tools: false, reasoning: true },
        },
        remoteHost: 'ollama.com',
      },
    ],
  });
});

test('a cloud tag of Ollama runs elsewhere even where no field says so', async () => {
  const url = await fake({ kind: 'ollama', models: [{ id: 'kimi:cloud' }, { id: 'cloudy' }] });
  const { models } = await probe(url);
  expect(models.map(({ remoteHost }) => remoteHost)).toEqual(['ollama.com', undefined]);
});

test('an Ollama that does not say so in time is not taken for a server whose models stay here', async () => {
  const url = await serveHttp((request, response) => {
    if (request.url === '/v1/models') {
      response.end(JSON.stringify({ data: [{ id: 'gpt-oss:120b-cloud' }] }));
    } else if (request.url === '/api/version') request.socket.destroy();
    else response.writeHead(404).end();
  });
  await expect(probe(url)).rejects.toMatchObject({ code: 'unavailable' });
});

test('reads of LM Studio what its models are', async () => {
  const url = await fake({
    kind: 'lm-studio',
    models: [
      { id: 'qwen2-vl', contextLength: 32_768, capabilities: ['vision', 'tools'] },
      { id: 'nomic', capabilities: ['embedding'] },
    ],
  });
  expect(await probe(url)).toMatchObject({
    kind: 'lm-studio',
    models: [
      {
        name: 'qwen2-vl',
        contextLength: 32_768,
        capabilities: { chat: true, vision: true, tools: true, embedding: false },
      },
      { name: 'nomic', capabilities: { chat: false, embedding: true } },
    ],
  });
});

test('reads the newer list of LM Studio, and the names of its instances', async () => {
  const lists: Readonly<Record<string, unknown>> = {
    '/v1/models': { object: 'list', data: [{ id: 'google/gemma-3-4b:2', object: 'model' }] },
    '/api/v1/models': {
      models: [
        {
          type: 'llm',
          publisher: 'google',
          key: 'google/gemma-3-4b',
          display_name: 'Gemma 3 4B',
          loaded_instances: [{ id: 'google/gemma-3-4b:2', config: { context_length: 4096 } }],
          max_context_length: 131_072,
          format: 'mlx',
          capabilities: { vision: true, trained_for_tool_use: false },
        },
      ],
    },
  };
  const url = await serveHttp((request, response) => {
    // It answers everything else with status 200 and an error.
    const list = lists[request.url ?? ''] ?? {
      error: `Unexpected endpoint (GET ${request.url ?? ''})`,
    };
    response.setHeader('content-type', 'application/json').end(JSON.stringify(list));
  });
  expect(await probe(url)).toMatchObject({
    kind: 'lm-studio',
    models: [
      {
        name: 'google/gemma-3-4b:2',
        contextLength: 131_072,
        capabilities: { vision: true, tools: false },
      },
    ],
  });
});

test('knows vLLM and its context, and guesses no capabilities', async () => {
  const url = await fake({ kind: 'vllm', models: [{ id: 'big', contextLength: 8192 }] });
  expect(await probe(url)).toEqual({
    kind: 'vllm',
    models: [{ name: 'big', contextLength: 8192 }],
  });
});

test('knows llama-server, and whether it sees', async () => {
  const url = await fake({
    kind: 'llama-server',
    models: [{ id: 'gemma', contextLength: 4096, capabilities: ['vision'] }],
  });
  expect(await probe(url)).toMatchObject({
    kind: 'llama-server',
    models: [{ name: 'gemma', contextLength: 4096, capabilities: { vision: true, tools: true } }],
  });
});

test('anything else that lists models is a server of the OpenAI API', async () => {
  const url = await fake({ kind: 'openai', models: [{ id: 'gpt' }], keys: ['sk-1'] });
  expect(await probe(url, 'sk-1')).toEqual({ kind: 'openai', models: [{ name: 'gpt' }] });
});

test('a server without models is one too', async () => {
  const url = await serveHttp((request, response) => {
    response.statusCode = request.url === '/v1/models' ? 200 : 404;
    response.end(JSON.stringify({ object: 'list', data: null }));
  });
  expect(await probe(url)).toEqual({ kind: 'openai', models: [] });
});

interface Misfit {
  readonly status?: number;
  readonly type?: string;
  readonly location?: string;
  readonly body: string;
}

const misfits: readonly (readonly [string, Misfit, string, RegExp])[] = [
  ['a web page', { type: 'text/html', body: '<!doctype html>' }, 'invalid-request', /a web page/],
  ['plain text', { body: 'hello' }, 'invalid-request', /no list of models/],
  ['another list', { body: '{"models":[]}' }, 'invalid-request', /no list of models/],
  ['404', { status: 404, body: '' }, 'invalid-request', /has no \/v1\/models \(status 404\)/],
  ['500', { status: 500, body: '' }, 'unavailable', /status 500: it is starting or broken/],
  ['429', { status: 429, body: '' }, 'rate-limited', /no more requests/],
  [
    'a redirect',
    { status: 301, location: 'https://b.example/', body: '' },
    'invalid-request',
    /sends visitors on to https:\/\/b\.example\//,
  ],
];

test.each(misfits)('says that %s answered', async (_, misfit, code, message) => {
  const url = await serveHttp((_request, response) => {
    if (misfit.location !== undefined) response.setHeader('location', misfit.location);
    response.setHeader('content-type', misfit.type ?? 'application/json');
    response.statusCode = misfit.status ?? 200;
    response.end(misfit.body);
  });
  await expect(probe(url)).rejects.toMatchObject({
    code,
    message: expect.stringMatching(message) as string,
  });
});

test('says whether a key is missing or wrong', async () => {
  const url = await fake({ kind: 'openai', models: [], keys: ['sk-right'] });
  const { host } = new URL(url);
  await expect(probe(url)).rejects.toMatchObject({
    code: 'invalid-request',
    param: 'keys',
    message: `${host} asks for an API key; add one and try again`,
  });
  await expect(probe(url, 'sk-wrong')).rejects.toMatchObject({
    message: `${host} does not accept this API key; check it and try again`,
  });
});

test('says when nothing answers, and when no TLS is spoken', async () => {
  await expect(probe('http://127.0.0.1:1')).rejects.toMatchObject({
    code: 'unavailable',
    message: '127.0.0.1:1 cannot be reached: nothing answers at that address',
  });
  const url = await fake({ kind: 'openai', models: [] });
  await expect(probe(url.replace('http:', 'https:'))).rejects.toThrow(/does not speak TLS/);
});
