import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { buffer } from 'node:stream/consumers';
import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import type { InferenceBackend } from '../../core/inference.ts';
import { createAnthropicBackend } from '../../dialects/anthropic/client/anthropic-backend.ts';
import { createOpenAiBackend } from '../../dialects/openai/client/openai-backend.ts';
import { quirksOf } from '../../dialects/openai/client/quirks.ts';
import { createConnectionRegister } from '../../platform/http/connection-register.ts';
import { createHttpClient } from '../../platform/http/http-client.ts';
import type { ClosableHttpClient } from '../../platform/http/http-client.ts';
import { systemClock } from '../../platform/system-clock.ts';
import {
  messageEnd,
  messageStart,
  ping,
  textBlock,
  wireBlock,
  wireError,
} from '../../testing/anthropic-wire.ts';
import { startFakeOpenAiServer } from '../../testing/fake-openai-server.ts';
import {
  directoryOf,
  everyCapability,
  localUpstream,
  offeredModel,
  startGateway,
} from '../../testing/gateway-fixture.ts';
import type { GatewayFixture } from '../../testing/gateway-fixture.ts';
import { serveHttp } from '../../testing/http-servers.ts';
import type { WireDialect } from '../../core/inference.ts';

let fixture: GatewayFixture | undefined;

afterEach(async () => {
  await fixture?.gateway.stop();
});

async function gatewayOver(backend: InferenceBackend, speaks: WireDialect): Promise<string> {
  const model = offeredModel('claude', { capabilities: { ...everyCapability, vision: true } });
  const upstream = { ...localUpstream(backend), speaks: [speaks] };
  fixture = await startGateway(backend, { directory: directoryOf([model], [upstream]) });
  return fixture.origin;
}

function openHttp(): ClosableHttpClient {
  const register = createConnectionRegister(systemClock);
  const http = createHttpClient({ register, purpose: 'attached-server' });
  onTestFinished(() => http.close());
  return http;
}

/** A gateway in front of a server of the Messages API that writes these events. */
async function overAnthropic(...events: readonly string[]) {
  const bodies: string[] = [];
  const server = await serveHttp((request, response) => {
    void buffer(request).then((body) => {
      bodies.push(body.toString());
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(events.join(''));
    });
  });
  const backend = createAnthropicBackend({
    ...{ http: openHttp(), clock: systemClock, baseUrl: `${server}/v1` },
    ...{ modelName: 'claude-sonnet-4-5', serverName: 'Anthropic', headers: () => ({}) },
    servedBy: { upstream: 'p', machine: 'Anthropic', model: 'claude', provider: 'Anthropic' },
  });
  return { origin: await gatewayOver(backend, 'anthropic'), bodies };
}

const usage = { input_tokens: 10, cache_read_input_tokens: 5 };
const calling = [
  messageStart(usage),
  ping,
  wireBlock(0, { type: 'thinking', thinking: '', signature: '' }, [
    { type: 'thinking_delta', thinking: 'Hm' },
    { type: 'signature_delta', signature: 'proof' },
  ]),
  textBlock(1, 'Let me ', 'look.'),
  wireBlock(2, { type: 'tool_use', id: 'toolu_1', name: 'weather', input: {} }, [
    { type: 'input_json_delta', partial_json: '{"city":' },
    { type: 'input_json_delta', partial_json: '"Bern"}' },
  ]),
  messageEnd({ output_tokens: 9 }, { stop_reason: 'tool_use' }),
];
const tools = [
  { name: 'weather', input_schema: { type: 'object' as const } },
  { name: 'time', input_schema: { type: 'object' as const } },
];

describe('a server of the Messages API behind the gateway', () => {
  test('answers its own kind of client byte for byte, but for the name of the model', async () => {
    const { origin, bodies } = await overAnthropic(...calling);
    const body =
      '{"model":"claude",\n "stream":true, "max_tokens":100, "messages":[{"role":"user","content":"\\u00e9"}],"new_field":1.0}';
    const answer = await fixture?.send({
      ...{ method: 'POST', path: '/v1/messages', body },
      headers: { 'content-type': 'application/json' },
    });
    expect(bodies).toEqual([body.replace('"claude"', '"claude-sonnet-4-5"')]);
    expect(answer?.text).toBe(calling.join('').replace('claude-sonnet-4-5', 'claude'));
    const client = new Anthropic({ apiKey: 'keyless', baseURL: origin, maxRetries: 0 });
    const asked = { model: 'claude', max_tokens: 100, tools };
    const message = await client.messages
      .stream({ ...asked, messages: [{ role: 'user', content: 'Hi' }] })
      .finalMessage();
    expect(message.content).toMatchObject([
      { type: 'thinking', thinking: 'Hm', signature: 'proof' },
      { type: 'text', text: 'Let me look.' },
      { type: 'tool_use', id: 'toolu_1', input: { city: 'Bern' } },
    ]);
    await expect
      .poll(() => fixture?.stores.requestLog.records.at(-1)?.usage)
      .toMatchObject({ promptTokens: 15, cachedTokens: 5, completionTokens: 9 });
  });

  test('answers clients of the OpenAI API, with thinking and streamed calls', async () => {
    const { origin, bodies } = await overAnthropic(...calling);
    const client = new OpenAI({ apiKey: 'keyless', baseURL: `${origin}/v1`, maxRetries: 0 });
    const answer = await client.chat.completions
      .stream({
        model: 'claude',
        messages: [{ role: 'user', content: 'Hi' }],
        tools: [{ type: 'function', function: { name: 'weather', parameters: {} } }],
        stream_options: { include_usage: true },
      })
      .finalChatCompletion();
    expect(answer.choices[0]).toMatchObject({
      finish_reason: 'tool_calls',
      message: {
        content: 'Let me look.',
        tool_calls: [
          { id: 'toolu_1', function: { name: 'weather', arguments: '{"city":"Bern"}' } },
        ],
      },
    });
    expect(answer.usage).toMatchObject({ prompt_tokens: 15, completion_tokens: 9 });
    expect(JSON.parse(bodies[0] ?? '')).toMatchObject({
      model: 'claude-sonnet-4-5',
      tools: [{ name: 'weather', input_schema: { type: 'object' } }],
    });
  });

  test('that fails after content ends the stream of either client with an error', async () => {
    const broken = [messageStart(usage), textBlock(0, 'Hel'), wireError('api_error', 'broke')];
    await overAnthropic(...broken);
    const asked = { model: 'claude', stream: true, messages: [{ role: 'user', content: 'Hi' }] };
    const own = await fixture?.post('/v1/messages', asked);
    expect(own?.text).toContain('"text":"Hel"');
    expect(own?.text).toMatch(/event: error\ndata: \{"type":"error"[^\n]*\n\n$/);
    expect(own?.text).not.toContain('message_stop');
    const other = await fixture?.post('/v1/chat/completions', asked);
    expect(other?.text).toContain('"content":"Hel"');
    expect(other?.text).toContain('data: {"error":');
    expect(other?.text).not.toContain('[DONE]');
  });
});

describe('a server of the OpenAI API behind the gateway', () => {
  test("answers Anthropic's client, with thinking and streamed calls", async () => {
    const server = await startFakeOpenAiServer({ kind: 'openai', models: [{ id: 'tiny' }] });
    onTestFinished(() => server.close());
    const backend = createOpenAiBackend({
      ...{ http: openHttp(), clock: systemClock, baseUrl: `${server.url}/v1` },
      ...{ modelName: 'tiny', serverName: 'OpenAI', headers: () => ({}), quirks: quirksOf.openai },
      servedBy: { upstream: 'p', machine: 'OpenAI', model: 'claude' },
    });
    const baseURL = await gatewayOver(backend, 'openai');
    const client = new Anthropic({ apiKey: 'keyless', baseURL, maxRetries: 0 });
    const asked = { model: 'claude', max_tokens: 100 };
    const say = (content: string) => ({ ...asked, messages: [{ role: 'user' as const, content }] });
    const thought = await client.messages.stream(say('[think] [say It is sunny]')).finalMessage();
    expect(thought.content).toMatchObject([
      { type: 'thinking', thinking: 'let me see' },
      { type: 'text', text: 'It is sunny' },
    ]);
    const called = await client.messages.stream({ ...say('[tool]'), tools }).finalMessage();
    expect(called).toMatchObject({
      stop_reason: 'tool_use',
      content: [{ type: 'tool_use', id: 'call-1', name: 'weather', input: { city: 'Bern' } }],
    });
  });
});
