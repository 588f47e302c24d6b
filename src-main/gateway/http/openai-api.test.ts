import type OpenAI from 'openai';
import { APIError, APIUserAbortError, BadRequestError } from 'openai';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MillpondError } from '../../core/error.ts';
import type { InferenceChunk } from '../../core/inference.ts';
import type { GatewayFixture } from '../../testing/gateway-fixture.ts';
import { endless, finishChunk, scriptedHead, textChunks } from '../../testing/scripted-backend.ts';
import type { ScriptedBackend } from '../../testing/scripted-backend.ts';
import { openOpenAiScene } from './openai-client.fixture.ts';
import type { OpenAiScene } from './openai-client.fixture.ts';
import { promisedMs } from '../../testing/patience.ts';

let scene: OpenAiScene;
let backend: ScriptedBackend;
let fixture: GatewayFixture;
let openai: OpenAI;
const hello = { model: 'guide', messages: [{ role: 'user' as const, content: 'Hi' }] };

beforeEach(async () => {
  scene = await openOpenAiScene();
  ({ backend, fixture, openai } = scene);
});

afterEach(async () => {
  await fixture.gateway.stop();
});

describe('the official openai client', () => {
  test('gets a whole chat answer with usage and route', async () => {
    const { data, response } = await openai.chat.completions.create(hello).withResponse();
    expect(data.choices[0]?.message.content).toBe('Hello');
    expect(data.choices[0]?.finish_reason).toBe('stop');
    expect(data.usage).toMatchObject({
      prompt_tokens: 7,
      completion_tokens: 2,
      total_tokens: 9,
      prompt_tokens_details: { cached_tokens: 3 },
    });
    expect(data.model).toBe('guide');
    expect(response.headers.get('x-millpond-model')).toBe('guide');
    expect(response.headers.get('x-millpond-machine')).toBe('test-machine');
    expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('E5: streams role first, deltas, one finish, usage when asked', async () => {
    const stream = await openai.chat.completions.create({
      ...hello,
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks = await Array.fromAsync(stream);
    expect(chunks[0]?.choices[0]?.delta).toEqual({ role: 'assistant', content: '' });
    expect(chunks.slice(1, 3).map((chunk) => chunk.choices[0]?.delta.content)).toEqual([
      'Hel',
      'lo',
    ]);
    expect(chunks.filter((chunk) => chunk.choices[0]?.finish_reason === 'stop')).toHaveLength(1);
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { total_tokens: 9 } });
  });

  test('E5: the first delta leaves the gateway while the engine is still working', async () => {
    const gate = Promise.withResolvers<unknown>();
    scene.script = () => [scriptedHead, ...textChunks('a'), () => gate.promise, finishChunk(1)];
    const stream = await openai.chat.completions.create({ ...hello, stream: true });
    const seen: string[] = [];
    for await (const chunk of stream) {
      seen.push(chunk.choices[0]?.delta.content ?? '');
      // The engine goes on only after its first word has arrived here.
      if (seen.includes('a')) gate.resolve(undefined);
    }
    expect(seen.join('')).toBe('a');
  });

  test('E7: gets tool calls whole and streamed, with one id each', async () => {
    const calls: InferenceChunk[] = [
      { type: 'tool-call', index: 0, id: 'call_1', name: 'weather', argumentsDelta: '{"city":' },
      { type: 'tool-call', index: 0, argumentsDelta: '"Oslo"}' },
      { type: 'tool-call', index: 1, id: 'call_2', name: 'weather', argumentsDelta: '{}' },
    ];
    scene.script = () => [scriptedHead, ...calls, finishChunk(9, 'tool-calls')];
    const request = {
      ...hello,
      tools: [{ type: 'function' as const, function: { name: 'weather', parameters: {} } }],
      tool_choice: 'required' as const,
    };
    const whole = await openai.chat.completions.create(request);
    const streamed = await openai.chat.completions
      .stream({ ...request, stream: true })
      .finalChatCompletion();
    for (const answer of [whole, streamed]) {
      const message = answer.choices[0]?.message;
      expect(message?.tool_calls).toMatchObject([
        { id: 'call_1', function: { name: 'weather', arguments: '{"city":"Oslo"}' } },
        { id: 'call_2', function: { name: 'weather', arguments: '{}' } },
      ]);
      expect(answer.choices[0]?.finish_reason).toBe('tool_calls');
    }
    expect(whole.choices[0]?.message.content).toBeNull();
    expect(backend.calls[0]?.request.input).toMatchObject({ toolChoice: 'required' });
  });

  test('E6: gets reasoning in its own field, in front of the answer', async () => {
    scene.script = () => [
      scriptedHead,
      { type: 'reasoning', text: 'hmm' },
      ...textChunks('4'),
      finishChunk(2),
    ];
    const whole = await openai.chat.completions.create({ ...hello, reasoning_effort: 'low' });
    expect(whole.choices[0]?.message).toMatchObject({ reasoning_content: 'hmm', content: '4' });
    const stream = await openai.chat.completions.create({
      ...hello,
      stream: true,
      reasoning_effort: 'none',
    });
    const deltas = (await Array.fromAsync(stream)).map((chunk) => chunk.choices[0]?.delta);
    expect(deltas.slice(1, 3)).toEqual([{ reasoning_content: 'hmm' }, { content: '4' }]);
    expect(backend.calls.map(({ request }) => request.input)).toMatchObject([
      { reasoning: 'on', reasoningBudget: 1024 },
      { reasoning: 'off' },
    ]);
  });

  test('gets several choices and log probabilities', async () => {
    scene.script = () => [
      scriptedHead,
      {
        type: 'text',
        text: 'a',
        choice: 0,
        logprobs: [
          { text: 'a', token: 1, logprob: -0.5, top: [{ text: 'b', token: 2, logprob: -2 }] },
        ],
      },
      { type: 'text', text: 'c', choice: 1 },
      finishChunk(1, 'stop', 0),
      finishChunk(2, 'length', 1),
    ];
    const answer = await openai.chat.completions.create({
      ...hello,
      n: 2,
      logprobs: true,
      top_logprobs: 1,
    });
    expect(answer.choices.map((choice) => [choice.index, choice.finish_reason])).toEqual([
      [0, 'stop'],
      [1, 'length'],
    ]);
    expect(answer.choices[0]?.logprobs?.content?.[0]).toEqual({
      token: 'a',
      logprob: -0.5,
      bytes: [97],
      top_logprobs: [{ token: 'b', logprob: -2, bytes: [98] }],
    });
  });

  test('gets text completions, whole and streamed', async () => {
    const whole = await openai.completions.create({ model: 'guide', prompt: 'Say' });
    expect(whole.choices[0]).toMatchObject({ text: 'Hello', finish_reason: 'stop' });
    const stream = await openai.completions.create({ model: 'guide', prompt: 'Say', stream: true });
    const texts = (await Array.fromAsync(stream)).map((chunk) => chunk.choices[0]?.text);
    expect(texts.join('')).toBe('Hello');
  });

  test('gets embeddings as floats and, by its own default, as base64', async () => {
    scene.script = () => [
      scriptedHead,
      { type: 'embedding', index: 0, vector: [0.5, -0.25] },
      { type: 'embedding', index: 1, vector: [1, 0] },
      finishChunk(0),
    ];
    const input = ['a', 'b'];
    const floats = await openai.embeddings.create({
      model: 'guide',
      input,
      encoding_format: 'float',
    });
    const packed = await openai.embeddings.create({ model: 'guide', input });
    for (const answer of [floats, packed]) {
      expect(answer.data.map((each) => each.embedding)).toEqual([
        [0.5, -0.25],
        [1, 0],
      ]);
      expect(answer.usage).toEqual({ prompt_tokens: 7, total_tokens: 7 });
    }
    const raw = await fixture.post('/v1/embeddings', {
      model: 'guide',
      input: 'a',
      encoding_format: 'base64',
    });
    expect(raw.json()).toMatchObject({ data: [{ embedding: 'AAAAPwAAgL4=' }, {}] });
  });

  test('lists models and finds one by its alias', async () => {
    const models = await Array.fromAsync(openai.models.list());
    expect(models.map((model) => model.id)).toEqual(['guide']);
    expect((await openai.models.retrieve('tutor')).id).toBe('guide');
    await expect(openai.models.retrieve('nothing')).rejects.toMatchObject({
      status: 404,
      code: 'model_not_found',
    });
  });

  test('gets a typed error with parameter, code and request id', async () => {
    scene.script = () => [
      new MillpondError('context-overflow', 'The prompt has 9000 tokens, 4096 fit'),
    ];
    const failure = await openai.chat.completions.create(hello).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(BadRequestError);
    expect(failure).toMatchObject({ code: 'context_length_exceeded', param: 'messages' });
    expect(failure instanceof APIError && failure.requestID).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('E14: aborting a stream stops the engine within 100 ms', async () => {
    scene.script = endless;
    const stream = await openai.chat.completions.create({ ...hello, stream: true });
    let seen = 0;
    for await (const _chunk of stream) {
      seen += 1;
      if (seen === 10) break;
    }
    const leftAt = performance.now();
    const call = backend.calls[0];
    expect(((await call?.aborted) ?? Infinity) - leftAt).toBeLessThan(promisedMs(100));
    await expect.poll(() => call?.isClosed).toBe(true);
    await expect
      .poll(() => fixture.stores.requestLog.records)
      .toMatchObject([{ state: 'cancelled', status: 499, usage: { promptTokens: 7 } }]);
  });

  test('E14: leaving a call that waits for one whole answer stops the engine too', async () => {
    scene.script = endless;
    const made = backend.nextCall();
    const leave = new AbortController();
    const answer = openai.chat.completions.create(hello, { signal: leave.signal });
    const failure = expect(answer).rejects.toBeInstanceOf(APIUserAbortError);
    const call = await made;
    const leftAt = performance.now();
    leave.abort();
    await failure;
    expect((await call.aborted) - leftAt).toBeLessThan(promisedMs(100));
  });
});

describe('streams on the wire', () => {
  test('end with [DONE] on success, and usage is null until asked for', async () => {
    const { text, headers } = await fixture.post('/v1/chat/completions', {
      ...hello,
      stream: true,
    });
    expect(headers['content-type']).toBe('text/event-stream; charset=utf-8');
    const frames = text.trimEnd().split('\n\n');
    expect(frames.at(-1)).toBe('data: [DONE]');
    expect(frames).toHaveLength(5);
    expect(text).not.toContain('usage');
    expect(frames[1]).toMatch(
      /^data: \{"id":"chatcmpl-[0-9a-f-]{36}","object":"chat\.completion\.chunk","created":\d+,"model":"guide","system_fingerprint":"fp_abcdef012345","choices":\[\{"index":0,"delta":\{"content":"Hel"\},"logprobs":null,"finish_reason":null\}\]\}$/,
    );
  });

  test('end with an error event and without [DONE] when the engine dies', async () => {
    scene.script = () => [
      scriptedHead,
      ...textChunks('Hel'),
      new MillpondError('engine-crashed', 'The engine stopped unexpectedly'),
    ];
    const { text, status } = await fixture.post('/v1/chat/completions', { ...hello, stream: true });
    expect(status).toBe(200);
    expect(text).not.toContain('[DONE]');
    expect(text).not.toContain('"finish_reason":"stop"');
    expect(text.trimEnd().split('\n\n').at(-1)).toContain(
      'data: {"error":{"message":"The engine stopped unexpectedly","type":"service_unavailable_error","param":null,"code":"engine_crashed","request_id":"',
    );
  });

  test('keep a proper status while nothing was sent', async () => {
    scene.script = () => [
      scriptedHead,
      new MillpondError('model-load-failed', 'The file is damaged'),
    ];
    const answer = await fixture.post('/v1/chat/completions', { ...hello, stream: true });
    expect(answer.status).toBe(503);
    expect(answer.headers['retry-after']).toBe('2');
    expect(answer.json()).toMatchObject({ error: { message: 'The file is damaged' } });
  });
});

describe('requests that say more than a model understands', () => {
  test('fields without effect are named', async () => {
    const answer = await fixture.post('/v1/chat/completions', {
      ...hello,
      user: 'u',
      mirostat: 2,
      metadata: null,
    });
    expect(answer.status).toBe(200);
    expect(answer.headers['x-millpond-ignored']).toBe('mirostat');
  });

  test('a rerank answers with the best documents first', async () => {
    scene.script = () => [
      scriptedHead,
      { type: 'scores', scores: [0.1, 0.9, 0.5] },
      finishChunk(0),
    ];
    const answer = await fixture.post('/v1/rerank', {
      model: 'guide',
      query: 'q',
      documents: ['a', { text: 'b' }, 'c'],
      top_n: 2,
      return_documents: true,
    });
    expect(answer.json()).toMatchObject({
      results: [
        { index: 1, relevance_score: 0.9, document: { text: 'b' } },
        { index: 2, relevance_score: 0.5, document: { text: 'c' } },
      ],
    });
  });
});
