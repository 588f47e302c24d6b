import Anthropic, {
  APIError,
  APIUserAbortError,
  AuthenticationError,
  BadRequestError,
  NotFoundError,
} from '@anthropic-ai/sdk';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MillpondError } from '../../core/error.ts';
import type { InferenceRequest } from '../../core/inference.ts';
import {
  directoryOf,
  localUpstream,
  offeredModel,
  startGateway,
} from '../../testing/gateway-fixture.ts';
import type { GatewayFixture } from '../../testing/gateway-fixture.ts';
import {
  createScriptedBackend,
  endless,
  finishChunk,
  saying,
  scriptedHead,
  textChunks,
  usageOf,
} from '../../testing/scripted-backend.ts';
import type { ScriptStep, ScriptedBackend } from '../../testing/scripted-backend.ts';
import { promisedMs } from '../../testing/patience.ts';

let script: (request: InferenceRequest) => Iterable<ScriptStep>;
let backend: ScriptedBackend;
let fixture: GatewayFixture;
let client: Anthropic;
let isKeyless: boolean;
const hello = {
  model: 'guide',
  max_tokens: 100,
  messages: [{ role: 'user' as const, content: 'Hi' }],
};
const weather = {
  name: 'weather',
  description: 'How it is outside',
  input_schema: { type: 'object' as const, properties: { city: { type: 'string' } } },
};

beforeEach(async () => {
  isKeyless = true;
  script = () => saying('Hel', 'lo');
  backend = createScriptedBackend((request) => script(request));
  const directory = directoryOf(
    [offeredModel('guide', { contextLength: 4096 }), offeredModel('acme/other:Q4')],
    [localUpstream(backend)],
    { tutor: 'guide' },
  );
  fixture = await startGateway(backend, {
    directory,
    preferences: () => ({ keyless: isKeyless }),
  });
  client = new Anthropic({ apiKey: 'keyless', baseURL: fixture.origin, maxRetries: 0 });
});

afterEach(async () => {
  await fixture.gateway.stop();
});

const thinking = (...texts: readonly string[]): ScriptStep[] =>
  texts.map((text, index) => ({ type: 'reasoning', text, usage: usageOf(index + 1) }));

const calling: readonly ScriptStep[] = [
  scriptedHead,
  ...textChunks('Let me look. '),
  { type: 'tool-call', index: 0, id: 'call_a', name: 'weather', argumentsDelta: '' },
  { type: 'tool-call', index: 0, argumentsDelta: '{"city":' },
  { type: 'tool-call', index: 0, argumentsDelta: '"Bern"}' },
  { type: 'tool-call', index: 1, id: 'call_b', name: 'weather', argumentsDelta: '{"city":"Rom"}' },
  finishChunk(9, 'tool-calls'),
];

describe('the official Anthropic client', () => {
  test('gets a whole message with usage, without the cached tokens in input_tokens', async () => {
    const { data, response } = await client.messages.create(hello).withResponse();
    expect(data).toMatchObject({
      type: 'message',
      role: 'assistant',
      model: 'guide',
      content: [{ type: 'text', text: 'Hello' }],
      stop_reason: 'end_turn',
      stop_sequence: null,
      usage: {
        input_tokens: 4,
        cache_read_input_tokens: 3,
        cache_creation_input_tokens: 0,
        output_tokens: 2,
      },
    });
    expect(data.id).toMatch(/^msg_[0-9a-f-]{36}$/);
    expect(response.headers.get('x-millpond-machine')).toBe('test-machine');
    expect(response.headers.get('request-id')).toBe(response.headers.get('x-request-id'));
  });

  test('streams the events of a message in their order', async () => {
    const stream = await client.messages.create({ ...hello, stream: true });
    const events = await Array.fromAsync(stream);
    expect(events.map((event) => event.type)).toEqual([
      'message_start',
      'content_block_start',
      'content_block_delta',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ]);
    expect(events[0]).toMatchObject({
      message: { content: [], stop_reason: null, usage: { input_tokens: 4, output_tokens: 0 } },
    });
    expect(events.at(-2)).toMatchObject({
      delta: { stop_reason: 'end_turn', stop_sequence: null },
      usage: { input_tokens: 4, cache_read_input_tokens: 3, output_tokens: 2 },
    });
  });

  test('streams text and two tool calls, each in a block of its own', async () => {
    script = () => calling;
    const stream = client.messages.stream({ ...hello, tools: [weather] });
    const pieces: string[] = [];
    stream.on('inputJson', (piece) => pieces.push(piece));
    const message = await stream.finalMessage();
    expect(message.content).toMatchObject([
      { type: 'text', text: 'Let me look. ' },
      { type: 'tool_use', id: 'call_a', name: 'weather', input: { city: 'Bern' } },
      { type: 'tool_use', id: 'call_b', name: 'weather', input: { city: 'Rom' } },
    ]);
    expect(pieces).toEqual(['{"city":', '"Bern"}', '{"city":"Rom"}']);
    expect(message.stop_reason).toBe('tool_use');
    const [call] = backend.calls;
    expect(call?.request.input).toMatchObject({
      tools: [
        { name: 'weather', description: 'How it is outside', parameters: { type: 'object' } },
      ],
      toolChoice: 'auto',
      parallelToolCalls: true,
      maxTokens: 100,
    });
  });

  test('each block begins and ends before the next one begins', async () => {
    script = () => calling;
    const stream = await client.messages.create({ ...hello, tools: [weather], stream: true });
    const events = await Array.fromAsync(stream);
    const blocks = events.flatMap((event) =>
      'index' in event
        ? [`${event.type.slice('content_block_'.length)} ${event.index.toString()}`]
        : [],
    );
    expect(blocks).toEqual([
      ...['start 0', 'delta 0', 'stop 0'],
      ...['start 1', 'delta 1', 'delta 1', 'stop 1'],
      ...['start 2', 'delta 2', 'stop 2'],
    ]);
  });

  test('gets the same calls in a whole message', async () => {
    script = () => calling;
    const message = await client.messages.create({ ...hello, tools: [weather] });
    expect(message.content.slice(1)).toMatchObject([
      { type: 'tool_use', id: 'call_a', input: { city: 'Bern' } },
      { type: 'tool_use', id: 'call_b', input: { city: 'Rom' } },
    ]);
  });

  test('gets thinking in front of the text, streamed and whole', async () => {
    script = () => [scriptedHead, ...thinking('Hm', 'mm'), ...textChunks('Yes'), finishChunk(3)];
    const asked = { ...hello, thinking: { type: 'enabled' as const, budget_tokens: 2048 } };
    const streamed = await client.messages.stream(asked).finalMessage();
    const whole = await client.messages.create(asked);
    for (const message of [streamed, whole]) {
      expect(message.content).toMatchObject([
        { type: 'thinking', thinking: 'Hmmm', signature: '' },
        { type: 'text', text: 'Yes' },
      ]);
    }
    expect(backend.calls[0]?.request.input).toMatchObject({
      reasoning: 'on',
      reasoningBudget: 2048,
      reasoningEffort: 'low',
    });
  });

  test('is told which stop sequence ended the answer', async () => {
    script = () => [scriptedHead, ...textChunks('a'), { ...finishChunk(1), stopSequence: 'END' }];
    const asked = { ...hello, stop_sequences: ['END'] };
    const [whole, streamed] = [
      await client.messages.create(asked),
      await client.messages.stream(asked).finalMessage(),
    ];
    for (const message of [whole, streamed]) {
      expect(message).toMatchObject({ stop_reason: 'stop_sequence', stop_sequence: 'END' });
    }
  });

  test.each([
    ['length', 'max_tokens'],
    ['content-filter', 'refusal'],
  ] as const)('an end by %s is %s', async (reason, said) => {
    script = () => [scriptedHead, ...textChunks('a'), finishChunk(1, reason)];
    expect((await client.messages.create(hello)).stop_reason).toBe(said);
  });

  test('an answer without content is a message all the same', async () => {
    script = () => [scriptedHead, finishChunk(0)];
    const message = await client.messages.stream(hello).finalMessage();
    expect(message).toMatchObject({ content: [], stop_reason: 'end_turn' });
  });

  test('counts the tokens of a prompt', async () => {
    script = () => [scriptedHead, finishChunk(0)];
    const { model, messages } = hello;
    const counted = await client.messages.countTokens({
      model,
      messages,
      system: 'Be brief',
      tools: [weather],
    });
    expect(counted).toEqual({ input_tokens: 7 });
    expect(backend.calls[0]?.request.input).toMatchObject({
      task: 'count',
      messages: [{ role: 'system', text: 'Be brief' }, { role: 'user' }],
      tools: [{ name: 'weather' }],
    });
  });

  test('lists models in its own shape, page by page, and finds one by its alias', async () => {
    const all = await Array.fromAsync(client.models.list());
    expect(all.map((model) => model.id)).toEqual(['guide', 'acme/other:Q4']);
    expect(all[0]).toMatchObject({
      type: 'model',
      display_name: 'guide',
      created_at: '2023-11-14T22:13:20.000Z',
      max_input_tokens: 4096,
    });
    const pages = await client.models.list({ limit: 1 });
    expect(pages).toMatchObject({ has_more: true, first_id: 'guide', last_id: 'guide' });
    const paged = await Array.fromAsync(pages);
    expect(paged.map((model) => model.id)).toEqual(['guide', 'acme/other:Q4']);
    expect(await client.models.retrieve('tutor')).toMatchObject({ type: 'model', id: 'guide' });
    await expect(client.models.retrieve('nothing')).rejects.toBeInstanceOf(NotFoundError);
  });

  test('clients of the other API still get their own list', async () => {
    const answer = await fixture.send({ path: '/v1/models' });
    expect(answer.json()).toMatchObject({ object: 'list', data: [{ object: 'model' }, {}] });
  });

  test('gets typed errors in its own shape, with the id of the request', async () => {
    script = () => [new MillpondError('context-overflow', 'It has 9000 tokens, 4096 fit')];
    const failure = await client.messages.create(hello).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(BadRequestError);
    expect(failure).toMatchObject({
      type: 'invalid_request_error',
      apiMessage: 'prompt is too long: It has 9000 tokens, 4096 fit',
    });
    const id = failure instanceof APIError ? failure.requestID : undefined;
    expect(failure).toMatchObject({ error: { type: 'error', request_id: id } });
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('a missing and a wrong key are its 401, also for the list of models', async () => {
    isKeyless = false;
    for (const asked of [
      () => client.messages.create(hello),
      () => client.messages.countTokens(hello),
      () => client.models.list(),
      () => client.withOptions({ apiKey: 'mp_wrong' }).messages.create(hello),
    ]) {
      const failure = await asked().catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(AuthenticationError);
      expect(failure).toMatchObject({ type: 'authentication_error', error: { type: 'error' } });
    }
  });

  test('a stream that breaks ends with an error event and nothing behind it', async () => {
    script = () => [
      scriptedHead,
      ...textChunks('Hel'),
      new MillpondError('engine-crashed', 'The engine stopped unexpectedly'),
    ];
    const failing = client.messages.stream(hello).finalMessage();
    await expect(failing).rejects.toMatchObject({ type: 'api_error' });
    const { text, status, headers } = await fixture.post('/v1/messages', {
      ...hello,
      stream: true,
    });
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('text/event-stream; charset=utf-8');
    expect(text).not.toMatch(/message_stop|message_delta|content_block_stop/);
    const last = text.trimEnd().split('\n\n').at(-1);
    const id = String(headers['x-request-id']);
    expect(last).toBe(
      `event: error\ndata: {"type":"error","error":{"type":"api_error","message":"The engine stopped unexpectedly"},"request_id":"${id}"}`,
    );
  });

  test('a failure before anything was sent keeps its status', async () => {
    script = () => [scriptedHead, new MillpondError('overloaded', 'The queue is full')];
    const answer = await fixture.post('/v1/messages', { ...hello, stream: true });
    expect(answer.status).toBe(503);
    expect(answer.headers['retry-after']).toBe('2');
    expect(answer.json()).toMatchObject({ type: 'error', error: { type: 'overloaded_error' } });
  });

  test('E14: aborting a stream stops the engine within 100 ms', async () => {
    script = endless;
    const stream = await client.messages.create({ ...hello, stream: true });
    let seen = 0;
    for await (const _event of stream) {
      seen += 1;
      if (seen === 10) break;
    }
    const leftAt = performance.now();
    const call = backend.calls[0];
    expect(((await call?.aborted) ?? Infinity) - leftAt).toBeLessThan(promisedMs(100));
    await expect.poll(() => call?.isClosed).toBe(true);
  });

  test('E14: leaving a call that waits for a whole message stops the engine too', async () => {
    script = endless;
    const made = backend.nextCall();
    const leave = new AbortController();
    const failure = expect(
      client.messages.create(hello, { signal: leave.signal }),
    ).rejects.toBeInstanceOf(APIUserAbortError);
    const call = await made;
    const leftAt = performance.now();
    leave.abort();
    await failure;
    expect((await call.aborted) - leftAt).toBeLessThan(promisedMs(100));
  });
});
