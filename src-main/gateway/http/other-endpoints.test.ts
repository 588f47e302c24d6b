import OpenAI from 'openai';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { InferenceRequest } from '../../core/inference.ts';
import { directoryOf, offeredModel, startGateway } from '../../testing/gateway-fixture.ts';
import type { GatewayFixture } from '../../testing/gateway-fixture.ts';
import {
  createScriptedBackend,
  finishChunk,
  saying,
  scriptedHead,
} from '../../testing/scripted-backend.ts';
import type { ScriptStep, ScriptedBackend } from '../../testing/scripted-backend.ts';

let backend: ScriptedBackend;
let fixture: GatewayFixture;
let openai: OpenAI;

/** A machine of a pool that answers as the task asks. */
function answer({ input }: InferenceRequest): readonly ScriptStep[] {
  if (input.task !== 'embedding') return saying('Hel', 'lo');
  const vectors = input.inputs.map((_text, index) => ({
    ...{ type: 'embedding' as const, index, vector: [index, 0.5] },
  }));
  return [scriptedHead, ...vectors, finishChunk(0)];
}

beforeEach(async () => {
  backend = createScriptedBackend(answer);
  fixture = await startGateway(backend, {
    directory: directoryOf(
      [offeredModel('acme/chat:Q4', { ownedBy: 'a machine of the pool' })],
      [{ id: 'node-1', kind: 'node', machine: 'den', backend, staysHere: true }],
    ),
  });
  openai = new OpenAI({ apiKey: 'keyless', baseURL: `${fixture.origin}/v1`, maxRetries: 0 });
});

afterEach(async () => {
  await fixture.gateway.stop();
});

const model = 'acme/chat:Q4';
const messages = [{ role: 'user' as const, content: 'Hi' }];

test('E8: text completions of a node model, whole and streamed', async () => {
  const whole = await openai.completions.create({ model, prompt: 'Say' });
  expect(whole.choices[0]?.text).toBe('Hello');
  const stream = await openai.completions.create({ model, prompt: 'Say', stream: true });
  const texts = (await Array.fromAsync(stream)).map(({ choices }) => choices[0]?.text);
  expect(texts.join('')).toBe('Hello');
});

test('E8: embeddings of a node model', async () => {
  const { data } = await openai.embeddings.create({ model, input: ['a', 'b'] });
  expect(data.map(({ embedding }) => embedding)).toEqual([
    [0, 0.5],
    [1, 0.5],
  ]);
});

test('E8: responses of a node model, whole and streamed, each going on from the one before', async () => {
  const first = await openai.responses.create({ model, input: 'One' });
  expect(first.output_text).toBe('Hello');
  const second = await openai.responses
    .stream({ model, input: 'Two', previous_response_id: first.id })
    .finalResponse();
  expect(second.output_text).toBe('Hello');
  expect(backend.calls[1]?.request.input).toMatchObject({
    messages: [{ role: 'user' }, { role: 'assistant', text: 'Hello' }, { role: 'user' }],
  });
});

test.each([
  '/v1/models/acme/chat:Q4/chat/completions',
  '/v1/models/acme%2Fchat:Q4/chat/completions',
  '/v1/engines/acme/chat:Q4/chat/completions',
  '/v1/engines/acme%2Fchat%3AQ4/chat/completions',
])('E8: the model in the address: %s', async (path) => {
  const whole = await fixture.post(path, { messages });
  expect(whole.json()).toMatchObject({ choices: [{ message: { content: 'Hello' } }] });
  const stream = await fixture.post(path, { messages, stream: true });
  expect(stream.text.trimEnd().split('\n\n').at(-1)).toBe('data: [DONE]');
});

test('E8: the older addresses of the other operations', async () => {
  const completion = await fixture.post(`/v1/engines/${model}/completions`, { prompt: 'Say' });
  expect(completion.json()).toMatchObject({ choices: [{ text: 'Hello' }] });
  const embedding = await fixture.post(`/v1/engines/${model}/embeddings`, { input: 'a' });
  expect(embedding.json()).toMatchObject({ data: [{ embedding: [0, 0.5] }] });
  expect((await fixture.post(`/v1/engines/${model}/dream`, {})).status).toBe(404);
});

test('E8: what no machine can do is a 400 that names the field', async () => {
  const answered = await fixture.post('/v1/responses', {
    ...{ model, input: 'Hi', tools: [{ type: 'image_generation' }] },
  });
  expect(answered.status).toBe(400);
  expect(answered.json()).toMatchObject({ error: { param: 'tools[0].type' } });
});
