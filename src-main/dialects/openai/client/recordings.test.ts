import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { HttpClient } from '../../../core/http.ts';
import type { ChatInput, InferenceChunk } from '../../../core/inference.ts';
import { systemClock } from '../../../platform/system-clock.ts';
import { chatRequest, collect, textOf } from '../../../testing/inference-requests.ts';
import { createOpenAiBackend } from './openai-backend.ts';
import { quirksOf } from './quirks.ts';

// What llama-server (0.4.0) and mlx_lm.server (0.32.2) really sent, byte for byte but for paths.
// vLLM, Ollama and LM Studio were not at hand: the fake server has their habits.

/** Answers every request with a recording, in pieces that respect no boundary. */
function player(file: string, status = 200): HttpClient {
  const bytes = readFileSync(join(import.meta.dirname, 'recordings', file));
  async function* body(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += 97) {
      yield await Promise.resolve(bytes.subarray(at, at + 97));
    }
  }
  const type = file.endsWith('.sse') ? 'text/event-stream' : 'application/json';
  return {
    request: () => Promise.resolve({ status, headers: { 'content-type': type }, body: body() }),
  };
}

function play(
  kind: 'llama-server' | 'mlx',
  http: HttpClient,
  input: Partial<ChatInput> = {},
): Promise<InferenceChunk[]> {
  const backend = createOpenAiBackend({
    http,
    clock: systemClock,
    baseUrl: 'http://127.0.0.1:1/v1',
    modelName: 'tiny',
    serverName: kind,
    headers: () => ({}),
    servedBy: { upstream: kind, machine: 'here', model: 'tiny' },
    quirks: quirksOf[kind],
  });
  const { signal } = new AbortController();
  return collect(backend.infer(chatRequest('hi', { input }), { signal }));
}

test('llama-server: thinking, text, exact usage in every piece', async () => {
  const chunks = await play('llama-server', player('llama-server-chat.sse'));
  const thought = chunks.flatMap((chunk) => (chunk.type === 'reasoning' ? [chunk.text] : []));
  expect(thought.join('')).toBe('hmm, let me see\n');
  expect(textOf(chunks)).toBe('It is sunny.');
  const counted = chunks.flatMap((chunk) =>
    'usage' in chunk ? [chunk.usage.completionTokens] : [],
  );
  expect(counted).toEqual([2, 3, 4, 5, 6, 8, 9, 10, 11]);
  expect(chunks.at(-1)).toMatchObject({
    type: 'finish',
    reason: 'stop',
    usage: { promptTokens: 22, cachedTokens: 0, completionTokens: 11, reasoningTokens: 5 },
  });
});

test('llama-server: a tool call', async () => {
  const chunks = await play('llama-server', player('llama-server-tools.sse'));
  expect(chunks[1]).toMatchObject({
    type: 'tool-call',
    index: 0,
    name: 'weather',
    argumentsDelta: '{"city":"Bern"}',
  });
  expect(chunks.at(-1)).toMatchObject({ reason: 'tool-calls', usage: { promptTokens: 401 } });
});

test('llama-server: a prompt that is too long', async () => {
  const failure = play('llama-server', player('llama-server-overflow.json', 400));
  await expect(failure).rejects.toMatchObject({
    code: 'context-overflow',
    reason: 'context_length_exceeded',
  });
});

test('mlx_lm.server: comments while it reads, usage in an event of its own', async () => {
  const chunks = await play('mlx', player('mlx-chat.sse'));
  expect(textOf(chunks)).toHaveLength(6);
  expect(chunks.at(-1)).toMatchObject({
    type: 'finish',
    reason: 'length',
    usage: { promptTokens: 21, completionTokens: 6 },
  });
});

test('mlx_lm.server: a failure that it calls 404 is not a missing model', async () => {
  const failure = play('mlx', player('mlx-failure.json', 404));
  await expect(failure).rejects.toMatchObject({
    code: 'invalid-request',
    message: "mlx refused the request: 'str' object has no attribute 'get'",
  });
});
