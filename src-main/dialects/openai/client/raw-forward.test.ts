import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { HttpClient, HttpRequest } from '../../../core/http.ts';
import type { ChatInput, InferenceChunk, RawRequest } from '../../../core/inference.ts';
import { createConnectionRegister } from '../../../platform/http/connection-register.ts';
import { createHttpClient } from '../../../platform/http/http-client.ts';
import { systemClock } from '../../../platform/system-clock.ts';
import { chatRequest, collect, textOf } from '../../../testing/inference-requests.ts';
import { createOpenAiBackend } from './openai-backend.ts';
import { vendorQuirks } from './vendors.ts';
import type { OpenAiVendor } from './vendors.ts';

const utf8 = new TextEncoder();
const utf8Text = new TextDecoder();

function textOfBody(body: HttpRequest['body']): string {
  if (typeof body === 'string') return body;
  return body instanceof Uint8Array ? utf8Text.decode(body) : '';
}

interface Server {
  readonly http: HttpClient;
  readonly asked: { readonly url: string; readonly body: string; readonly headers: unknown }[];
}

/** Answers every request with these bytes, in pieces that respect no boundary. */
function serverOf(answer: string, type = 'text/event-stream', pieceSize = 7): Server {
  const asked: { url: string; body: string; headers: unknown }[] = [];
  async function* body(): AsyncGenerator<Uint8Array> {
    const bytes = utf8.encode(answer);
    for (let at = 0; at < bytes.length; at += pieceSize) {
      yield await Promise.resolve(bytes.subarray(at, at + pieceSize));
    }
  }
  const request = ({ url, body: sent, headers }: HttpRequest) => {
    asked.push({
      url,
      body: textOfBody(sent),
      headers,
    });
    return Promise.resolve({ status: 200, headers: { 'content-type': type }, body: body() });
  };
  return { http: { request }, asked };
}

interface Asking {
  readonly body: string;
  readonly vendor?: OpenAiVendor;
  readonly path?: string;
  readonly input?: Partial<ChatInput>;
  readonly publicName?: string;
  readonly demands?: RawRequest['demands'];
}

function backendOf(http: HttpClient, { vendor = 'openai', publicName = 'gpt' }: Partial<Asking>) {
  return createOpenAiBackend({
    ...{ http, clock: systemClock, modelName: 'gpt', serverName: 'Vendor' },
    baseUrl: 'https://api.example.com/v1',
    headers: () => ({ authorization: 'Bearer key' }),
    servedBy: { upstream: 'p', machine: 'Vendor', model: publicName },
    quirks: vendorQuirks[vendor],
  });
}

function rawOf({ body, path = '/chat/completions', demands = [] }: Asking): RawRequest {
  const headers = { 'openai-beta': 'x' };
  return {
    ...{ dialect: 'openai', method: 'POST', path, headers, demands },
    body: utf8.encode(body),
  };
}

async function ask(server: Server, asking: Asking): Promise<InferenceChunk[]> {
  const request = { ...chatRequest('hi', { input: asking.input ?? {} }), raw: rawOf(asking) };
  const { signal } = new AbortController();
  return collect(backendOf(server.http, asking).infer(request, { signal }));
}

function rawText(chunks: readonly InferenceChunk[]): string {
  return chunks.map((chunk) => (chunk.type === 'raw' ? chunk.text : '')).join('');
}

const frame = (body: object): string => `data: ${JSON.stringify(body)}\n\n`;
const said = (content: string, rest: object = {}): string =>
  frame({ id: 'c', model: 'gpt-2026', choices: [{ index: 0, delta: { content }, ...rest }] });
const done = 'data: [DONE]\n\n';
const finish = frame({
  id: 'c',
  model: 'gpt-2026',
  choices: [{ index: 0, delta: {}, finish_reason: 'length' }],
});
const counted = frame({
  id: 'c',
  choices: [],
  usage: { prompt_tokens: 9, completion_tokens: 2, prompt_tokens_details: { cached_tokens: 4 } },
});

/** The words with which servers say that they gave up. */
const gaveUp = ['error', 'network_error', 'insufficient_system_resource', 'abort'];

describe('an answer that its server gave up', () => {
  const broken = expect.objectContaining({ code: 'unavailable' }) as Error;
  const streamed = { body: '{"model":"gpt","stream":true}' };

  test.each(gaveUp)('is no whole one: %s', async (finish_reason) => {
    const end = frame({ choices: [{ index: 0, delta: {}, finish_reason }] });
    await expect(ask(serverOf(said('x') + end + done), streamed)).rejects.toThrow(broken);
    const read = { ...streamed, vendor: 'mistral', body: '{"seed":1,"stream":true}' } as const;
    await expect(ask(serverOf(said('x') + end + done), read)).rejects.toThrow(broken);
    const message = { choices: [{ index: 0, message: { content: 'x' }, finish_reason }] };
    const whole = serverOf(JSON.stringify(message), 'application/json');
    await expect(ask(whole, { body: '{"model":"gpt"}' })).rejects.toThrow(broken);
  });

  test.each([
    ['model_length', 'length'],
    ['sensitive', 'content-filter'],
  ])('ends with %s where it is %s', async (finish_reason, reason) => {
    const end = frame({ choices: [{ index: 0, delta: {}, finish_reason }] });
    const chunks = await ask(serverOf(said('x') + end + done), streamed);
    expect(chunks.at(-1)).toMatchObject({ type: 'finish', reason });
  });
});

describe('thoughts of earlier turns', () => {
  const messages = [
    { role: 'user', content: [{ type: 'text', text: 'a' }] },
    { role: 'assistant', text: 'b', reasoning: 'because' },
  ] as const;
  const body =
    '{"model":"gpt","stream":true,"messages":[{"role":"assistant","content":"b","reasoning_content":"because"}]}';

  test.each(['openai', 'groq', 'mistral', 'gemini', 'xai'] as const)(
    'are kept from %s, which refuses to be told them',
    async (vendor) => {
      const server = serverOf(said('x') + finish + done);
      await ask(server, { body, vendor, input: { messages } });
      expect(server.asked[0]?.body).toContain('"b"');
      expect(server.asked[0]?.body).not.toContain('because');
    },
  );

  test.each([
    ['deepseek', ['reasoning_content']],
    ['openrouter', ['reasoning']],
    ['custom', ['reasoning_content', 'reasoning']],
  ] as const)('are told to %s in its own words', async (vendor, fields) => {
    const server = serverOf(said('x') + finish + done);
    const request = chatRequest('hi', { input: { messages } });
    const { signal } = new AbortController();
    await collect(backendOf(server.http, { vendor }).infer(request, { signal }));
    const sent = JSON.parse(server.asked[0]?.body ?? '') as { readonly messages: object[] };
    const named = Object.keys(sent.messages[1] ?? {}).filter((name) => name.includes('reasoning'));
    expect(named).toEqual(fields);
  });

  test('that Mistral sends as parts come as thoughts', async () => {
    const content = [
      { type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] },
      { type: 'text', text: 'yes' },
    ];
    const parts = frame({ choices: [{ index: 0, delta: { content } }] });
    const server = serverOf(parts + finish + done);
    const chunks = await ask(server, { body: '{"seed":1,"stream":true}', vendor: 'mistral' });
    expect(chunks.filter(({ type }) => type === 'reasoning')).toMatchObject([{ text: 'hm' }]);
    expect(textOf(chunks)).toBe('yes');
  });
});

describe('bytes on their way to a server', () => {
  const odd = '{ "big": 12345678901234567890, "model" : "ours", "x":[1.0], "stream":true }';

  test('are as the caller wrote them but for the model and the wish to be counted', async () => {
    const server = serverOf(said('x') + finish + counted + done);
    await ask(server, { body: odd, publicName: 'ours' });
    expect(server.asked[0]).toEqual({
      url: 'https://api.example.com/v1/chat/completions',
      body: '{"stream_options":{"include_usage":true}, "big": 12345678901234567890, "model" : "gpt", "x":[1.0], "stream":true }',
      headers: {
        'openai-beta': 'x',
        'content-type': 'application/json',
        authorization: 'Bearer key',
      },
    });
  });

  test('are not touched at all where nothing has to change', async () => {
    const body = '{"model":"gpt","stream":true,"stream_options":{"include_usage":true}}';
    const server = serverOf(said('x') + finish + counted + done);
    const chunks = await ask(server, { body });
    expect(server.asked[0]?.body).toBe(body);
    expect(rawText(chunks)).toBe(said('x') + finish + counted + done);
  });

  test('keep wishes about the stream besides the one that is added', async () => {
    const server = serverOf(said('x') + finish + done);
    const options = { include_usage: false, include_obfuscation: false };
    await ask(server, {
      body: JSON.stringify({ model: 'gpt', stream: true, stream_options: options }),
    });
    expect(JSON.parse(server.asked[0]?.body ?? '')).toMatchObject({
      stream_options: { include_usage: true, include_obfuscation: false },
    });
  });

  test.each(['custom', 'mistral'] as const)('get no wish to be counted at %s', async (vendor) => {
    const body = '{"model":"gpt","stream":true}';
    const server = serverOf(said('x') + finish + done);
    await ask(server, { body, vendor });
    expect(server.asked[0]?.body).toBe(body);
  });

  test.each([
    ['deepseek', '{"model":"gpt","stream":true,"reasoning_effort":"none"}', '/chat/completions'],
    ['mistral', '{"model":"gpt","stream":true,"max_completion_tokens":5}', '/chat/completions'],
    ['gemini', '{"model":"gpt","stream":true}', '/completions'],
  ] as const)(
    'are written anew where %s would take them for something else',
    async (vendor, body, path) => {
      const server = serverOf(said('x') + finish + done);
      const chunks = await ask(server, { body, vendor, path });
      expect(rawText(chunks)).toBe('');
      expect(textOf(chunks)).toBe('x');
      expect(JSON.parse(server.asked[0]?.body ?? '')).toHaveProperty('messages');
    },
  );

  test('pass all the same where only they can say what is asked', async () => {
    const body = '{"model":"gpt","max_completion_tokens":5,"prediction":{}}';
    const server = serverOf('{"choices":[{"finish_reason":"stop"}]}', 'application/json');
    const demands = [{ param: 'prediction', why: 'it is new' }];
    await ask(server, { body, vendor: 'mistral', demands });
    expect(server.asked[0]?.body).toBe(body);
  });
});

describe('bytes on their way back', () => {
  const streaming = '{"model":"gpt","stream":true}';
  const opener = frame({
    id: 'c',
    choices: [{ index: 0, delta: { role: 'assistant', content: '' } }],
  });

  test('come as they are, openers with the first content, usage without its event', async () => {
    const server = serverOf(opener + said('Hé') + said('llo') + finish + counted + done);
    const chunks = await ask(server, { body: streaming });
    expect(chunks.map(({ type }) => type)).toEqual(['head', 'raw', 'raw', 'raw', 'raw', 'finish']);
    expect(chunks[1]).toMatchObject({ text: opener + said('Hé') });
    expect(rawText(chunks)).toBe(opener + said('Hé') + said('llo') + finish + done);
    expect(chunks.at(-1)).toMatchObject({
      reason: 'length',
      usage: { promptTokens: 9, cachedTokens: 4, completionTokens: 2 },
    });
  });

  test('count what is said where the server does not', async () => {
    const thought = frame({ choices: [{ index: 0, delta: { reasoning_content: 'hm' } }] });
    const server = serverOf(thought + said('a') + said('b') + finish + done);
    const chunks = await ask(server, { body: streaming, vendor: 'custom' });
    expect(chunks.at(-1)).toMatchObject({
      usage: { completionTokens: 4, reasoningTokens: 1, isEstimated: true },
    });
  });

  test('name the model as callers know it', async () => {
    const server = serverOf(said('x') + finish + done);
    const chunks = await ask(server, { body: streaming, publicName: 'ours' });
    expect(rawText(chunks)).toBe((said('x') + finish + done).replaceAll('gpt-2026', 'ours'));
  });

  test('end for each of several choices', async () => {
    const of = (index: number, finish_reason: string) =>
      frame({ choices: [{ index, delta: { content: 'x' }, finish_reason }] });
    const server = serverOf(of(1, 'length') + of(0, 'stop'));
    const chunks = await ask(server, { body: streaming, input: { choices: 2 } });
    expect(chunks.flatMap((chunk) => (chunk.type === 'finish' ? [chunk.reason] : []))).toEqual([
      'stop',
      'length',
    ]);
    const half = serverOf(of(1, 'length'));
    await expect(ask(half, { body: streaming, input: { choices: 2 } })).rejects.toMatchObject({
      code: 'unavailable',
    });
  });

  test('of the Responses API pass with its own events', async () => {
    const events = [
      { type: 'response.created', response: { model: 'gpt-2026' } },
      { type: 'response.output_text.delta', delta: 'x' },
      {
        type: 'response.completed',
        response: { model: 'gpt-2026', usage: { input_tokens: 5, output_tokens: 3 } },
      },
    ].map((event) => `event: ${event.type}\n${frame(event)}`);
    const path = '/responses';
    const chunks = await ask(serverOf(events.join('')), { body: streaming, path });
    expect(rawText(chunks)).toBe(events.join(''));
    expect(chunks.at(-1)).toMatchObject({ usage: { promptTokens: 5, completionTokens: 3 } });
    const failed = `event: response.failed\n${frame({ type: 'response.failed', response: { error: { message: 'no' } } })}`;
    const server = serverOf((events[0] ?? '') + failed);
    await expect(ask(server, { body: streaming, path })).rejects.toMatchObject({
      message: 'Vendor failed: no',
    });
  });

  test('are taken apart where something else came than was asked for', async () => {
    const whole = '{"choices":[{"index":0,"message":{"content":"all"},"finish_reason":"stop"}]}';
    const chunks = await ask(serverOf(whole, 'application/json'), { body: streaming });
    expect([textOf(chunks), rawText(chunks)]).toEqual(['all', '']);
    const pieces = await ask(serverOf(said('x') + finish + done), { body: '{"model":"gpt"}' });
    expect([textOf(pieces), rawText(pieces)]).toEqual(['x', '']);
  });
});

/** A server that keeps its connections, and may keep its answers open behind the last word. */
async function keepingServer(closesAnswers: boolean) {
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    sockets.add(request.socket);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(said('x') + finish + done);
    if (closesAnswers) setImmediate(() => response.end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const http = createHttpClient({
    register: createConnectionRegister(systemClock),
    purpose: 'provider',
    env: {},
  });
  onTestFinished(async () => {
    await http.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  const local: HttpClient = {
    request: (asked) =>
      http.request({
        ...asked,
        url: asked.url.replace('https://api.example.com', `http://127.0.0.1:${port.toString()}`),
      }),
  };
  return { http: local, sockets };
}

test('connections are used again after an answer', async () => {
  const { http, sockets } = await keepingServer(true);
  for (let turn = 0; turn < 6; turn += 1) {
    await ask({ http, asked: [] }, { body: '{"model":"gpt","stream":true}' });
  }
  // One may still be on its way back when the next request begins.
  expect(sockets.size).toBeLessThanOrEqual(2);
});

test('a server that keeps its answer open behind the last word does not hold its caller', async () => {
  const { http, sockets } = await keepingServer(false);
  const [first, last] = [1, 2].map(() =>
    ask({ http, asked: [] }, { body: '{"model":"gpt","stream":true}' }),
  );
  expect((await first)?.at(-1)?.type).toBe('finish');
  expect((await last)?.at(-1)?.type).toBe('finish');
  expect(sockets.size).toBe(2);
});
