import { Ollama } from 'ollama';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MillpondError } from '../../core/error.ts';
import type { InferenceChunk, InferenceRequest } from '../../core/inference.ts';
import { createFakeClock } from '../../testing/fake-clock.ts';
import {
  directoryOf,
  everyCapability,
  localUpstream,
  offeredModel,
  startGateway,
} from '../../testing/gateway-fixture.ts';
import type { GatewayFixture } from '../../testing/gateway-fixture.ts';
import {
  createScriptedBackend,
  finishChunk,
  saying,
  scriptedHead,
  textChunks,
} from '../../testing/scripted-backend.ts';
import type { ScriptStep, ScriptedBackend } from '../../testing/scripted-backend.ts';
import { promisedMs } from '../../testing/patience.ts';

let script: (request: InferenceRequest) => Iterable<ScriptStep>;
let backend: ScriptedBackend;
let fixture: GatewayFixture;
let ollama: Ollama;
const messages = [{ role: 'user', content: 'Hi' }];
const pngSignature = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

beforeEach(async () => {
  script = () => saying('Hel', 'lo');
  backend = createScriptedBackend((request) => script(request));
  const seeing = offeredModel('guide', { capabilities: { ...everyCapability, vision: true } });
  fixture = await startGateway(backend, {
    directory: directoryOf([seeing], [localUpstream(backend)], { tutor: 'guide' }),
  });
  ollama = new Ollama({ host: fixture.origin });
});

afterEach(async () => {
  await fixture.gateway.stop();
});

const inputOf = (call: number): unknown => backend.calls[call]?.request.input;

describe('the official client', () => {
  test('chats, whole, with real durations in nanoseconds', async () => {
    const answer = await ollama.chat({ model: 'guide', messages });
    expect(answer).toEqual({
      model: 'guide',
      created_at: expect.any(String) as unknown,
      message: { role: 'assistant', content: 'Hello' },
      done: true,
      done_reason: 'stop',
      total_duration: 5_000_000,
      load_duration: 0,
      prompt_eval_count: 7,
      prompt_eval_duration: 1_000_000,
      eval_count: 2,
      eval_duration: 3_000_000,
    });
  });

  test('chats, streamed, thoughts in their own field', async () => {
    script = () => [
      scriptedHead,
      { type: 'reasoning', text: 'hmm' },
      ...textChunks('4', '2'),
      finishChunk(2, 'length'),
    ];
    const stream = await ollama.chat({ model: 'guide', messages, stream: true, think: 'low' });
    const parts = await Array.fromAsync(stream);
    expect(parts.map(({ message, done }) => [message, done])).toEqual([
      [{ role: 'assistant', content: '', thinking: 'hmm' }, false],
      [{ role: 'assistant', content: '4' }, false],
      [{ role: 'assistant', content: '2' }, false],
      [{ role: 'assistant', content: '' }, true],
    ]);
    expect(parts.at(-1)).toMatchObject({ done_reason: 'length', eval_count: 2 });
    expect(inputOf(0)).toMatchObject({ reasoning: 'on', reasoningEffort: 'low' });
  });

  test('calls tools, whole and streamed, and brings their results', async () => {
    const calls: InferenceChunk[] = [
      { type: 'tool-call', index: 0, id: 'call_1', name: 'weather', argumentsDelta: '{"city":' },
      { type: 'tool-call', index: 0, argumentsDelta: '"Oslo"}' },
      { type: 'tool-call', index: 1, id: 'call_2', name: 'time', argumentsDelta: '' },
    ];
    script = () => [scriptedHead, ...calls, finishChunk(9, 'tool-calls')];
    const tools = [{ type: 'function', function: { name: 'weather', parameters: {} } }];
    const whole = await ollama.chat({ model: 'guide', messages, tools });
    expect(whole.message.tool_calls).toMatchObject([
      { function: { name: 'weather', arguments: { city: 'Oslo' } } },
      { function: { name: 'time', arguments: {} } },
    ]);
    const stream = await ollama.chat({ model: 'guide', messages, tools, stream: true });
    const parts = await Array.fromAsync(stream);
    expect(parts.flatMap(({ message }) => message.tool_calls ?? [])).toEqual(
      whole.message.tool_calls,
    );
    script = () => saying('Rain');
    await ollama.chat({
      model: 'guide',
      tools,
      messages: [
        ...messages,
        whole.message,
        { role: 'tool', tool_name: 'time', content: '12:00' },
        { role: 'tool', tool_name: 'weather', content: 'wet' },
      ],
    });
    expect(inputOf(2)).toMatchObject({
      messages: [
        { role: 'user' },
        { role: 'assistant', toolCalls: [{ id: 'call_1' }, { id: 'call_2', arguments: '{}' }] },
        { role: 'tool', toolCallId: 'call_2', text: '12:00' },
        { role: 'tool', toolCallId: 'call_1', text: 'wet' },
      ],
    });
  });

  test('sends pictures, options and a schema', async () => {
    const format = { type: 'object', properties: { city: { type: 'string' } } };
    await ollama.chat({
      model: 'guide:latest',
      messages: [{ role: 'user', content: 'What?', images: [pngSignature] }],
      format,
      options: { temperature: 0.5, top_k: 20, seed: 7, num_predict: 50, stop: ['END'] },
    });
    expect(inputOf(0)).toMatchObject({
      messages: [{ content: [{ text: 'What?' }, { type: 'image', url: png }] }],
      sampling: { temperature: 0.5, topK: 20, seed: 7 },
      maxTokens: 50,
      stop: ['END'],
      format: { type: 'json-schema', schema: format },
      reasoning: 'auto',
    });
  });

  test('generates from a prompt, from a raw one, and between two texts', async () => {
    const system = 'Be brief';
    const whole = await ollama.generate({ model: 'guide', prompt: 'Say', system, format: 'json' });
    expect(whole).toMatchObject({ response: 'Hello', done: true, done_reason: 'stop' });
    expect(whole).not.toHaveProperty('context');
    expect(inputOf(0)).toMatchObject({
      task: 'chat',
      messages: [{ role: 'system', text: system }, { role: 'user' }],
      format: { type: 'json-object' },
    });
    const stream = await ollama.generate({
      model: 'guide',
      prompt: '<s>',
      raw: true,
      stream: true,
    });
    const parts = await Array.fromAsync(stream);
    expect(parts.map(({ response }) => response)).toEqual(['Hel', 'lo', '']);
    await ollama.generate({ model: 'guide', prompt: 'def f(', suffix: 'return' });
    expect([inputOf(1), inputOf(2)]).toMatchObject([
      { task: 'completion', prompt: '<s>' },
      { task: 'completion', prompt: 'def f(', suffix: 'return' },
    ]);
  });

  test('gets embeddings, several and one as it used to be', async () => {
    script = () => [
      scriptedHead,
      { type: 'embedding', index: 0, vector: [0.5] },
      { type: 'embedding', index: 1, vector: [1] },
      finishChunk(0),
    ];
    const several = await ollama.embed({ model: 'guide', input: ['a', 'b'] });
    expect(several).toMatchObject({
      model: 'guide',
      embeddings: [[0.5], [1]],
      prompt_eval_count: 7,
    });
    const one = await ollama.embeddings({ model: 'guide', prompt: 'a' });
    expect(one).toEqual({ embedding: [0.5] });
  });

  test('lists, shows and counts what is loaded', async () => {
    expect((await ollama.list()).models).toMatchObject([
      { name: 'guide', details: { family: '' } },
    ]);
    expect((await ollama.ps()).models).toMatchObject([{ name: 'guide' }]);
    const shown = await ollama.show({ model: 'tutor' });
    expect(shown.capabilities).toEqual(['completion', 'tools', 'vision', 'thinking', 'embedding']);
    expect((await ollama.version()).version).toBe('0.0.0-test');
  });

  test('loads a model by asking nothing', async () => {
    script = () => [scriptedHead, finishChunk(0)];
    const chat = await ollama.chat({ model: 'guide', messages: [] });
    expect(chat).toMatchObject({ done: true, done_reason: 'load', message: { content: '' } });
    const generate = await ollama.generate({ model: 'guide', prompt: '' });
    expect(generate).toMatchObject({ done: true, done_reason: 'load', response: '' });
    expect([inputOf(0), inputOf(1)]).toMatchObject([{ task: 'count' }, { task: 'count' }]);
  });

  test('E14: aborting a stream stops the engine within 100 ms', async () => {
    script = function* endless() {
      yield scriptedHead;
      for (;;) {
        yield* textChunks('word ');
        yield () => new Promise((resolve) => setImmediate(resolve));
      }
    };
    const stream = await ollama.chat({ model: 'guide', messages, stream: true });
    const seen = (async () => {
      let count = 0;
      for await (const _part of stream) {
        count += 1;
        if (count === 10) stream.abort();
      }
    })();
    await expect(seen).rejects.toThrow();
    const leftAt = performance.now();
    expect(((await backend.calls[0]?.aborted) ?? Infinity) - leftAt).toBeLessThan(promisedMs(100));
  });
});

const png: unknown = expect.stringMatching(/^data:image\/png;base64,iVBOR/);

describe('on bad days', () => {
  test.each([
    [{ messages: [{ role: 'user', content: 'x' }], model: 'nothing' }, 404, /no model/],
    [{ messages: 'x', model: 'guide' }, 400, /messages/],
    [{ messages, model: 'guide', options: { temperature: 9 } }, 400, /options\.temperature/],
    [{ messages: [], model: 'guide', keep_alive: 0 }, 400, /keep_alive/],
    [{ messages, model: 'guide', api_base: 'http://10.0.0.1' }, 400, /api_base/],
    [{ messages, model: 'guide', format: 'xml' }, 400, /format/],
  ])('what makes no sense is one sentence under error: %j', async (body, status, sentence) => {
    const answer = await fixture.post('/api/chat', body);
    expect(answer.status).toBe(status);
    expect(answer.json()).toEqual({ error: expect.stringMatching(sentence) as unknown });
  });

  test.each([
    [{ prompt: 'x', template: '{{x}}' }, /template/],
    [{ prompt: 'x', context: [1] }, /context/],
    [{ prompt: 'x', raw: true, images: ['iVBOR'] }, /images/],
    [{ prompt: 'x', images: ['!'] }, /images\[0\]/],
  ])('a prompt that cannot be honoured is refused by name: %j', async (fields, sentence) => {
    const answer = await fixture.post('/api/generate', { model: 'guide', ...fields });
    expect(answer.status).toBe(400);
    expect(answer.json()).toEqual({ error: expect.stringMatching(sentence) as unknown });
  });

  test('an address that is not served is told in the same way', async () => {
    const answer = await fixture.post('/api/create', {});
    expect(answer.status).toBe(404);
    expect(answer.json()).toEqual({ error: 'There is no POST /api/create' });
  });

  test('what has no effect is named', async () => {
    const options = { num_ctx: 4096, temperature: 0, mirostat: 1 };
    const answer = await fixture.post('/api/chat', {
      ...{ model: 'guide', messages, options, keep_alive: '5m', truncate: true },
    });
    expect(answer.headers['x-millpond-ignored']).toBe(
      'truncate, keep_alive, options.num_ctx, options.mirostat',
    );
  });

  test('streams are lines and nothing else, also while it is slow', async () => {
    await fixture.gateway.stop();
    const clock = createFakeClock();
    fixture = await startGateway(backend, { clock });
    const pause = () => clock.advance(30_000);
    script = () => [pause, scriptedHead, ...textChunks('a'), pause, finishChunk(1)];
    const answer = await fixture.post('/api/chat', { model: 'guide', messages });
    expect(answer.headers['content-type']).toBe('application/x-ndjson');
    const lines = answer.text.split('\n');
    expect(lines.pop()).toBe('');
    expect(lines.map((line): unknown => JSON.parse(line))).toMatchObject([
      { message: { content: 'a' }, done: false },
      { done: true },
    ]);
  });

  test('a stream that breaks ends with an error and is never done', async () => {
    script = () => [
      scriptedHead,
      ...textChunks('Hel'),
      new MillpondError('engine-crashed', 'The engine stopped unexpectedly'),
    ];
    const { text, status } = await fixture.post('/api/generate', { model: 'guide', prompt: 'Hi' });
    expect(status).toBe(200);
    expect(text.trimEnd().split('\n').at(-1)).toBe('{"error":"The engine stopped unexpectedly"}');
    expect(text).not.toContain('"done":true');
  });

  test('arguments that are no JSON are not passed on as something else', async () => {
    const call: InferenceChunk = {
      ...{ type: 'tool-call', index: 0, id: 'c', name: 'weather', argumentsDelta: '{"city' },
    };
    script = () => [scriptedHead, call, finishChunk(1, 'length')];
    const answer = await fixture.post('/api/chat', { model: 'guide', messages, stream: false });
    expect(answer.status).toBe(500);
    expect(answer.text).toContain('no JSON object');
  });

  test('JSON that a command line sends undeclared is read, and no page of another site can', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const body = JSON.stringify({ model: 'guide', messages, stream: false });
    const request = { method: 'POST', path: '/api/chat', body };
    expect((await fixture.send({ ...request, headers })).status).toBe(200);
    const foreign = { ...headers, origin: 'https://evil.example' };
    expect((await fixture.send({ ...request, headers: foreign })).status).toBe(403);
    expect((await fixture.send({ ...request, path: '/v1/chat/completions', headers })).status).toBe(
      400,
    );
  });
});
