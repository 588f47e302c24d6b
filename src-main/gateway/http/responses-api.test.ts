import OpenAI from 'openai';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MillpondError } from '../../core/error.ts';
import type { InferenceChunk } from '../../core/inference.ts';
import {
  directoryOf,
  everyCapability,
  localUpstream,
  offeredModel,
  startGateway,
} from '../../testing/gateway-fixture.ts';
import type { GatewayFixture } from '../../testing/gateway-fixture.ts';
import { finishChunk, saying, scriptedHead, textChunks } from '../../testing/scripted-backend.ts';
import type { ScriptedBackend } from '../../testing/scripted-backend.ts';
import { openOpenAiScene } from './openai-client.fixture.ts';
import type { OpenAiScene } from './openai-client.fixture.ts';

let scene: OpenAiScene;
let backend: ScriptedBackend;
let fixture: GatewayFixture;
let openai: OpenAI;

beforeEach(async () => {
  scene = await openOpenAiScene();
  ({ backend, fixture, openai } = scene);
});

afterEach(async () => {
  await fixture.gateway.stop();
});

function messagesOf(call: number): unknown {
  const input = backend.calls[call]?.request.input;
  return input?.task === 'chat' ? input.messages : undefined;
}

const user = (text: string) => ({ role: 'user', content: [{ type: 'text', text }] });
const calls: InferenceChunk[] = [
  { type: 'tool-call', index: 0, id: 'call_1', name: 'weather', argumentsDelta: '{"city":' },
  { type: 'tool-call', index: 0, argumentsDelta: '"Oslo"}' },
  { type: 'tool-call', index: 1, id: 'call_2', name: 'weather', argumentsDelta: '{}' },
];
const weather = {
  type: 'function' as const,
  name: 'weather',
  parameters: { type: 'object', properties: {} },
  strict: false,
};

describe('the official client', () => {
  test('E8: gets a whole response of any model', async () => {
    const response = await openai.responses.create({
      model: 'guide',
      input: 'Hi',
      instructions: 'Be brief',
      max_output_tokens: 50,
      metadata: { project: 'a' },
    });
    expect(response.output_text).toBe('Hello');
    expect(response).toMatchObject({
      object: 'response',
      status: 'completed',
      model: 'guide',
      metadata: { project: 'a' },
      usage: { input_tokens: 7, input_tokens_details: { cached_tokens: 3 }, output_tokens: 2 },
    });
    expect(messagesOf(0)).toEqual([{ role: 'system', text: 'Be brief' }, user('Hi')]);
    expect(backend.calls[0]?.request.input).toMatchObject({ maxTokens: 50, choices: 1 });
  });

  test('E8: streams the semantic events in their order', async () => {
    scene.script = () => [
      scriptedHead,
      { type: 'reasoning', text: 'hmm' },
      ...textChunks('Hel', 'lo'),
      finishChunk(3),
    ];
    const stream = await openai.responses.create({ model: 'guide', input: 'Hi', stream: true });
    const events = await Array.fromAsync(stream);
    expect(events.map(({ type }) => type)).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      'response.reasoning_text.delta',
      'response.reasoning_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ]);
    expect(events.map(({ sequence_number }) => sequence_number)).toEqual([...events.keys()]);
  });

  test('puts a streamed response together again, with its tool calls', async () => {
    scene.script = () => [
      scriptedHead,
      ...textChunks('Let me look. '),
      ...calls,
      finishChunk(9, 'tool-calls'),
    ];
    const final = await openai.responses
      .stream({ model: 'guide', input: 'Weather?', tools: [weather] })
      .finalResponse();
    expect(final.output).toMatchObject([
      { type: 'message', content: [{ type: 'output_text', text: 'Let me look. ' }] },
      { type: 'function_call', call_id: 'call_1', name: 'weather', arguments: '{"city":"Oslo"}' },
      { type: 'function_call', call_id: 'call_2', name: 'weather', arguments: '{}' },
    ]);
    expect(final.status).toBe('completed');
    expect(new Set(final.output.map((item) => item.id)).size).toBe(3);
  });

  test('parses structured output', async () => {
    scene.script = () => saying('{"city":', '"Oslo"}');
    const schema = { type: 'object', properties: { city: { type: 'string' } } };
    const response = await openai.responses.parse({
      model: 'guide',
      input: 'Where?',
      text: { format: { type: 'json_schema', name: 'place', schema, strict: true } },
    });
    expect(response.output_parsed).toEqual({ city: 'Oslo' });
    expect(backend.calls[0]?.request.input).toMatchObject({
      format: { type: 'json-schema', name: 'place', schema },
    });
  });

  test('an answer that was cut says so', async () => {
    scene.script = () => [scriptedHead, ...textChunks('Hel'), finishChunk(1, 'length')];
    const response = await openai.responses.create({ model: 'guide', input: 'Hi' });
    expect(response).toMatchObject({
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
      output: [{ status: 'incomplete' }],
    });
    const stream = await openai.responses.create({ model: 'guide', input: 'Hi', stream: true });
    const last = (await Array.fromAsync(stream)).at(-1);
    expect(last?.type).toBe('response.incomplete');
  });

  test('goes on from an answer that is kept, through several turns', async () => {
    const first = await openai.responses.create({
      model: 'guide',
      input: 'One',
      instructions: 'A',
    });
    scene.script = () => [scriptedHead, ...calls, finishChunk(9, 'tool-calls')];
    const second = await openai.responses.create({
      model: 'guide',
      input: 'Two',
      tools: [weather],
      previous_response_id: first.id,
    });
    scene.script = () => saying('Rain');
    const third = await openai.responses
      .stream({
        model: 'guide',
        input: [
          { type: 'function_call_output', call_id: 'call_1', output: 'wet' },
          { type: 'function_call_output', call_id: 'call_2', output: 'dry' },
        ],
        tools: [weather],
        previous_response_id: second.id,
      })
      .finalResponse();
    expect(third).toMatchObject({ previous_response_id: second.id, output_text: 'Rain' });
    // Instructions are of one turn alone.
    expect(messagesOf(2)).toEqual([
      user('One'),
      { role: 'assistant', text: 'Hello' },
      user('Two'),
      {
        role: 'assistant',
        text: '',
        toolCalls: [
          { id: 'call_1', name: 'weather', arguments: '{"city":"Oslo"}' },
          { id: 'call_2', name: 'weather', arguments: '{}' },
        ],
      },
      { role: 'tool', toolCallId: 'call_1', text: 'wet' },
      { role: 'tool', toolCallId: 'call_2', text: 'dry' },
    ]);
  });

  test('reads, lists and deletes what is kept', async () => {
    const made = await openai.responses.create({
      model: 'guide',
      input: [
        { role: 'user', content: 'One' },
        { role: 'assistant', content: 'Two' },
        { role: 'user', content: [{ type: 'input_text', text: 'Three' }] },
      ],
    });
    expect(await openai.responses.retrieve(made.id)).toEqual(made);
    const items = await Array.fromAsync(openai.responses.inputItems.list(made.id, { limit: 2 }));
    expect(items).toMatchObject([
      { role: 'user', content: [{ type: 'input_text', text: 'Three' }] },
      { role: 'assistant', content: [{ type: 'output_text', text: 'Two' }] },
      { role: 'user', content: [{ type: 'input_text', text: 'One' }] },
    ]);
    await openai.responses.delete(made.id);
    await expect(openai.responses.retrieve(made.id)).rejects.toMatchObject({ status: 404 });
    const next = openai.responses.create({
      ...{ model: 'guide', input: 'Hi', previous_response_id: made.id },
    });
    await expect(next).rejects.toMatchObject({
      status: 400,
      code: 'previous_response_not_found',
      param: 'previous_response_id',
    });
  });

  test('an item of a kept answer may be named instead of repeated', async () => {
    const made = await openai.responses.create({ model: 'guide', input: 'One' });
    const id = made.output[0]?.id ?? '';
    await openai.responses.create({
      model: 'guide',
      input: [
        { type: 'item_reference', id },
        { role: 'user', content: 'Two' },
      ],
    });
    expect(messagesOf(1)).toEqual([{ role: 'assistant', text: 'Hello' }, user('Two')]);
  });

  test('gets pictures, results with pictures and thoughts to the model', async () => {
    const image_url = 'data:image/png;base64,AAAA';
    const picture = { type: 'input_image' as const, image_url, detail: 'auto' as const };
    const vision = { capabilities: { ...everyCapability, vision: true } };
    await fixture.gateway.stop();
    fixture = await startGateway(backend, {
      directory: directoryOf([offeredModel('guide', vision)], [localUpstream(backend)]),
    });
    openai = new OpenAI({ apiKey: 'keyless', baseURL: `${fixture.origin}/v1`, maxRetries: 0 });
    await openai.responses.create({
      model: 'guide',
      reasoning: { effort: 'high' },
      input: [
        { role: 'user', content: [{ type: 'input_text', text: 'What?' }, picture] },
        {
          type: 'reasoning',
          id: 'rs_1',
          summary: [],
          content: [{ type: 'reasoning_text', text: 'hmm' }],
        },
        { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' },
        { type: 'function_call_output', call_id: 'c', output: [picture] },
      ],
    });
    expect(messagesOf(0)).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What?' },
          { type: 'image', url: image_url },
        ],
      },
      {
        role: 'assistant',
        text: '',
        reasoning: 'hmm',
        toolCalls: [{ id: 'c', name: 'f', arguments: '{}' }],
      },
      { role: 'tool', toolCallId: 'c', text: '', images: [{ url: image_url }] },
    ]);
    expect(backend.calls[0]?.request.input).toMatchObject({ reasoningEffort: 'high' });
  });

  test('gets log probabilities where it includes them', async () => {
    const token = { text: 'a', token: 1, logprob: -0.5, top: [] };
    scene.script = () => [
      scriptedHead,
      { type: 'text', text: 'a', logprobs: [token] },
      finishChunk(1),
    ];
    const { output } = await openai.responses.create({
      model: 'guide',
      input: 'Hi',
      include: ['message.output_text.logprobs'],
    });
    expect(output).toMatchObject([
      { content: [{ logprobs: [{ token: 'a', logprob: -0.5, bytes: [97] }] }] },
    ]);
    expect(backend.calls[0]?.request.input).toMatchObject({ logprobs: { top: 0 } });
  });
});

describe('on bad days', () => {
  test('a stream that breaks ends with response.failed and what there was', async () => {
    scene.script = () => [
      scriptedHead,
      ...textChunks('Hel'),
      new MillpondError('engine-crashed', 'The engine stopped unexpectedly'),
    ];
    const { text, status } = await fixture.post('/v1/responses', {
      ...{ model: 'guide', input: 'Hi', stream: true },
    });
    expect(status).toBe(200);
    const last = text.trimEnd().split('\n\n').at(-1) ?? '';
    expect(last).toMatch(/^event: response\.failed\ndata: /);
    expect(JSON.parse(last.split('data: ')[1] ?? '')).toMatchObject({
      type: 'response.failed',
      response: {
        status: 'failed',
        error: { code: 'server_error', message: 'The engine stopped unexpectedly' },
        output: [{ status: 'incomplete', content: [{ text: 'Hel' }] }],
      },
    });
    expect(text).not.toContain('response.completed');
    expect(fixture.stores.responses.rows.size).toBe(0);
  });

  test('an early failure keeps its own status', async () => {
    scene.script = () => [
      scriptedHead,
      new MillpondError('model-load-failed', 'The file is damaged'),
    ];
    const answer = await fixture.post('/v1/responses', {
      ...{ model: 'guide', input: 'Hi', stream: true },
    });
    expect(answer.status).toBe(503);
  });

  test.each([
    [{ input: 'Hi', tools: [{ type: 'web_search' }] }, 'tools[0].type'],
    [{ input: 'Hi', tools: [{ type: 'mcp', server_label: 'x' }] }, 'tools[0].type'],
    [{ input: 'Hi', background: true }, 'background'],
    [{ input: 'Hi', conversation: 'conv_1' }, 'conversation'],
    [{ input: 'Hi', truncation: 'auto' }, 'truncation'],
    [{ prompt: { id: 'pmpt_1' } }, 'prompt'],
    [{ input: [{ type: 'computer_call', id: 'x' }] }, 'input[0].type'],
    [{ input: 'Hi', previous_response_id: 'resp_of_somebody' }, 'previous_response_id'],
    [{ input: [{ type: 'item_reference', id: 'msg_of_somebody' }] }, 'input[0]'],
    [{ input: 'Hi', api_base: 'http://10.0.0.1' }, 'api_base'],
  ])('what only a provider has is refused by name: %j', async (fields, param) => {
    const answer = await fixture.post('/v1/responses', { model: 'guide', ...fields });
    expect(answer.status).toBe(400);
    expect(answer.json()).toMatchObject({ error: { param, code: 'unsupported_parameter' } });
    expect(backend.calls).toHaveLength(0);
  });

  test.each([
    [{}, 'input'],
    [{ input: [] }, 'input'],
    [{ input: [{ role: 'wizard', content: 'x' }] }, 'input[0].role'],
    [{ input: [{ type: 'function_call_output', output: 'x' }] }, 'input[0].call_id'],
    [{ input: 'Hi', temperature: 9 }, 'temperature'],
    [{ input: 'Hi', tools: [weather, weather] }, 'tools'],
    [{ input: 'Hi', tool_choice: 'required' }, 'tool_choice'],
    [{ input: 'Hi', metadata: { a: 1 } }, 'metadata.a'],
  ])('what makes no sense is refused by name: %j', async (fields, param) => {
    const answer = await fixture.post('/v1/responses', { model: 'guide', ...fields });
    expect(answer.status).toBe(400);
    expect(answer.json()).toMatchObject({ error: { param } });
  });

  test('the request of a client that asks for sealed thoughts is answered, and the rest named', async () => {
    const answer = await fixture.post('/v1/responses', {
      ...{ model: 'guide', store: false, stream: true, include: ['reasoning.encrypted_content'] },
      reasoning: { effort: 'medium', summary: 'auto' },
      client_metadata: { a: 'b' },
      input: [{ type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'x' }] }],
    });
    expect(answer.status).toBe(200);
    expect(answer.headers['x-millpond-ignored']).toBe(
      'client_metadata, reasoning.summary, include',
    );
    expect(fixture.stores.responses.rows.size).toBe(0);
  });
});
