import { onTestFinished, describe, expect, test, vi } from 'vitest';
import type { ChatInput, InferenceBackend, InferenceChunk } from '../../../core/inference.ts';
import { createConnectionRegister } from '../../../platform/http/connection-register.ts';
import { createHttpClient } from '../../../platform/http/http-client.ts';
import { systemClock } from '../../../platform/system-clock.ts';
import { startFakeOpenAiServer } from '../../../testing/fake-openai-server.ts';
import type {
  FakeOpenAiServer,
  FakeServerKind,
  FakeServerOptions,
} from '../../../testing/fake-openai-server.ts';
import { chatRequest, collect, textOf } from '../../../testing/inference-requests.ts';
import { createOpenAiBackend } from './openai-backend.ts';
import { quirksOf } from './quirks.ts';
import { patience } from '../../../testing/patience.ts';

interface Subject {
  readonly backend: InferenceBackend;
  readonly server: FakeOpenAiServer;
}

async function subjectOf(
  kind: FakeServerKind,
  change: Partial<FakeServerOptions> & { readonly key?: string; readonly model?: string } = {},
): Promise<Subject> {
  const server = await startFakeOpenAiServer({ kind, models: [{ id: 'tiny' }], ...change });
  const http = createHttpClient({
    register: createConnectionRegister(systemClock),
    purpose: 'attached-server',
  });
  onTestFinished(async () => {
    await http.close();
    await server.close();
  });
  const backend = createOpenAiBackend({
    http,
    clock: systemClock,
    baseUrl: `${server.url}/v1`,
    modelName: change.model ?? 'tiny',
    serverName: 'The fake',
    headers: () => (change.key === undefined ? {} : { authorization: `Bearer ${change.key}` }),
    servedBy: { upstream: 'fake', machine: 'here', model: 'tiny' },
    quirks: quirksOf[kind],
  });
  return { backend, server };
}

const weather = { name: 'weather', parameters: { type: 'object' } };

async function ask(
  backend: InferenceBackend,
  question: string,
  input: Partial<ChatInput> = {},
): Promise<InferenceChunk[]> {
  const { signal } = new AbortController();
  return collect(backend.infer(chatRequest(question, { input }), { signal }));
}

function finishOf(chunks: readonly InferenceChunk[]) {
  const last = chunks.at(-1);
  if (last?.type !== 'finish') throw new Error('the answer has no finish');
  return last;
}

const kinds = ['llama-server', 'vllm', 'mlx', 'ollama', 'lm-studio', 'openai'] as const;

describe.each(kinds)('in the way of %s', (kind) => {
  test('an answer is its thinking, its text and one finish with what the server counted', async () => {
    const { backend } = await subjectOf(kind);
    const chunks = await ask(backend, '[think] [say It is sunny]');
    expect(chunks[0]).toMatchObject({ type: 'head', servedBy: { upstream: 'fake' } });
    const thought = chunks.flatMap((chunk) => (chunk.type === 'reasoning' ? [chunk.text] : []));
    expect(thought.join('')).toBe('let me see');
    expect(textOf(chunks)).toBe('It is sunny');
    expect(finishOf(chunks)).toMatchObject({
      reason: 'stop',
      usage: { promptTokens: 5, completionTokens: 6, reasoningTokens: 3 },
    });
    expect(finishOf(chunks).usage.isEstimated).toBeUndefined();
  });

  test('a tool call comes out the same, whole or in pieces', async () => {
    const { backend } = await subjectOf(kind);
    const chunks = await ask(backend, '[tool]', { tools: [weather] });
    const calls = chunks.flatMap((chunk) => (chunk.type === 'tool-call' ? [chunk] : []));
    expect(calls[0]).toMatchObject({ index: 0, id: 'call-1', name: 'weather' });
    expect(calls.slice(1).every((call) => call.id === undefined && call.index === 0)).toBe(true);
    expect(JSON.parse(calls.map((call) => call.argumentsDelta).join(''))).toEqual({ city: 'Bern' });
    expect(finishOf(chunks).reason).toBe('tool-calls');
  });

  test('usage grows with the answer and never shrinks', async () => {
    const { backend } = await subjectOf(kind);
    const seen = (await ask(backend, 'count')).flatMap((chunk) =>
      'usage' in chunk ? [chunk.usage.completionTokens] : [],
    );
    expect(seen.at(-1)).toBe(60);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(new Set(seen).size).toBeGreaterThan(50);
  });

  test('a stream that is cut fails instead of ending early', async () => {
    const { backend } = await subjectOf(kind);
    await expect(ask(backend, '[cut]')).rejects.toMatchObject({ code: 'unavailable' });
  });

  test('an error inside a stream with status 200 fails before the head', async () => {
    const { backend } = await subjectOf(kind);
    const seen: InferenceChunk[] = [];
    const { signal } = new AbortController();
    const reading = (async () => {
      for await (const chunk of backend.infer(chatRequest('[error]'), { signal })) seen.push(chunk);
    })();
    await expect(reading).rejects.toMatchObject({
      code: 'unavailable',
      message: 'The fake failed: the fake broke',
    });
    expect(seen).toEqual([]);
  });

  test('leaving the loop closes the connection', async () => {
    const { backend, server } = await subjectOf(kind, { pieceMs: 5 });
    const { signal } = new AbortController();
    for await (const chunk of backend.infer(chatRequest('count'), { signal })) {
      if (chunk.type === 'text') break;
    }
    await vi.waitFor(() => {
      expect(server.running()).toBe(0);
    }, patience);
  });

  test('an abort closes the connection, also when nobody is reading', async () => {
    const { backend, server } = await subjectOf(kind, { pieceMs: 5 });
    const stop = new AbortController();
    const answer = backend.infer(chatRequest('count'), { signal: stop.signal });
    const reader = answer[Symbol.asyncIterator]();
    await reader.next();
    stop.abort();
    await vi.waitFor(() => {
      expect(server.running()).toBe(0);
    }, patience);
    await expect(reader.next()).rejects.toMatchObject({ name: 'AbortError' });
  });
});

test('only fields that were asked for are sent', async () => {
  const { backend, server } = await subjectOf('openai');
  await ask(backend, 'count', {
    sampling: { temperature: 0.5, topP: 0.9, seed: 3 },
    stop: ['9'],
    maxTokens: 4,
    format: { type: 'json-schema', name: 'answer', schema: { type: 'object' } },
    tools: [weather],
    toolChoice: { name: 'weather' },
    parallelToolCalls: false,
  });
  expect(server.bodies).toEqual([
    {
      model: 'tiny',
      stream: true,
      stream_options: { include_usage: true },
      temperature: 0.5,
      top_p: 0.9,
      seed: 3,
      max_tokens: 4,
      stop: ['9'],
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'answer', schema: { type: 'object' }, strict: true },
      },
      tools: [{ type: 'function', function: { name: 'weather', parameters: { type: 'object' } } }],
      tool_choice: { type: 'function', function: { name: 'weather' } },
      parallel_tool_calls: false,
      messages: [{ role: 'user', content: 'count' }],
    },
  ]);
});

test('a picture goes as a part of its message', async () => {
  const { backend, server } = await subjectOf('llama-server');
  const url = 'data:image/png;base64,AAAA';
  await ask(backend, '', {
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'what is this' },
          { type: 'image', url },
        ],
      },
    ],
  });
  expect(server.bodies[0]?.messages).toEqual([
    {
      role: 'user',
      content: [
        { type: 'text', text: 'what is this' },
        { type: 'image_url', image_url: { url } },
      ],
    },
  ]);
});

test('tools that must not be called are not sent, so that every server obeys', async () => {
  const { backend, server } = await subjectOf('ollama');
  await ask(backend, 'count', { tools: [weather], toolChoice: 'none' });
  expect(server.bodies[0]).not.toHaveProperty('tools');
});

test('each choice has its own text and finish', async () => {
  const { backend } = await subjectOf('openai');
  const chunks = await ask(backend, '[say a b]', { choices: 2 });
  const texts = [0, 1].map((choice) =>
    chunks
      .map((chunk) => (chunk.type === 'text' && chunk.choice === choice ? chunk.text : ''))
      .join(''),
  );
  expect(texts).toEqual(['a b', 'a b']);
  expect(chunks.flatMap((chunk) => (chunk.type === 'finish' ? [chunk.choice] : []))).toEqual([
    0, 1,
  ]);
});

describe('what a server does not honour is refused by name and never sent', () => {
  const wishes: readonly [FakeServerKind, string, Partial<ChatInput>][] = [
    ['ollama', 'logprobs', { logprobs: { top: 1 } }],
    ['ollama', 'logit_bias', { sampling: { logitBias: { 5: 1 } } }],
    ['ollama', 'n', { choices: 2 }],
    ['ollama', 'tool_choice', { tools: [weather], toolChoice: 'required' }],
    ['ollama', 'top_k', { sampling: { topK: 5 } }],
    ['mlx', 'response_format', { format: { type: 'json-object' } }],
    ['lm-studio', 'response_format', { format: { type: 'json-object' } }],
    ['openai', 'min_p', { sampling: { minP: 0.1 } }],
    ['vllm', 'continuation', { continuation: { text: 'and' } }],
  ];
  test.each(wishes)('%s: %s', async (kind, param, input) => {
    const { backend, server } = await subjectOf(kind);
    await expect(ask(backend, 'count', input)).rejects.toMatchObject({
      code: 'unsupported-capability',
      param,
    });
    expect(server.bodies).toEqual([]);
  });
});

test('thinking is switched in the way of each server', async () => {
  const llama = await subjectOf('llama-server');
  await ask(llama.backend, 'count', { reasoning: 'on', reasoningBudget: 256 });
  expect(llama.server.bodies[0]).toMatchObject({
    chat_template_kwargs: { enable_thinking: true },
    reasoning_budget_tokens: 256,
  });
  const ollama = await subjectOf('ollama');
  await ask(ollama.backend, 'count', { reasoning: 'off' });
  expect(ollama.server.bodies[0]).toMatchObject({ reasoning_effort: 'none' });
});

test('mlx is always told a limit, since its own ends every answer early', async () => {
  const { backend, server } = await subjectOf('mlx');
  await ask(backend, 'count');
  expect(server.bodies[0]?.max_tokens).toBe(8192);
});

test('a wrong key names the server and what to check', async () => {
  const { backend } = await subjectOf('openai', { keys: ['right'], key: 'wrong' });
  await expect(ask(backend, 'count')).rejects.toMatchObject({
    code: 'unauthenticated',
    message: 'The fake did not accept the API key; check the key that is stored for it',
  });
});

test('a busy server says when to come back', async () => {
  const { backend } = await subjectOf('openai', { busyKeys: { mine: 7 }, key: 'mine' });
  await expect(ask(backend, 'count')).rejects.toMatchObject({
    code: 'rate-limited',
    retryAfterMs: 7000,
  });
});

test('a model that the server does not have is named', async () => {
  const { backend } = await subjectOf('vllm', { model: 'other' });
  await expect(ask(backend, 'count')).rejects.toMatchObject({
    code: 'model-not-found',
    message: "The fake does not offer other: model 'other' not found",
  });
});

test.each(['llama-server', 'vllm'] as const)('%s says that a prompt is too long', async (kind) => {
  const { backend } = await subjectOf(kind, { models: [{ id: 'tiny', contextLength: 4 }] });
  const failure = ask(backend, 'one two three four five');
  await expect(failure).rejects.toMatchObject({
    code: 'context-overflow',
    reason: 'context_length_exceeded',
  });
});

test('vectors come in the order of their texts', async () => {
  const { backend } = await subjectOf('openai');
  const { envelope } = chatRequest('');
  const input = { task: 'embedding', inputs: ['a', 'b'] } as const;
  const { signal } = new AbortController();
  const chunks = await collect(backend.infer({ envelope, input }, { signal }));
  expect(chunks.map((chunk) => chunk.type)).toEqual(['head', 'embedding', 'embedding', 'finish']);
});
