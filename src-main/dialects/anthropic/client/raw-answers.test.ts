import { describe, expect, test } from 'vitest';
import type { ChatInput, InferenceChunk } from '../../../core/inference.ts';
import { systemClock } from '../../../platform/system-clock.ts';
import { messageEnd, messageStart, ping, wireEvent } from '../../../testing/anthropic-wire.ts';
import { chatRequest, collect } from '../../../testing/inference-requests.ts';
import { createAnthropicBackend } from './anthropic-backend.ts';
import {
  bodyOf,
  finishOf,
  plain,
  rawOf,
  requestOf,
  run,
  streaming,
  subjectOf,
  untilFailure,
  usage,
} from './anthropic-server.fixture.ts';

describe("a caller's own bytes", () => {
  const body =
    '{ "max_tokens": 12345678901234567890, "thinking":{"type":"new_kind"},\n "model" : "public", "stream":true, "messages":[{"role":"user","content":"\\u00e9 漢"}], "cache_control":{"type":"ephemeral"} }';

  test('pass untouched but for the name of the model, with their version and features', async () => {
    const subject = await subjectOf(streaming(...plain));
    const headers = { 'anthropic-version': '2099-01-01', 'anthropic-beta': 'one,two' };
    await run(subject.backend, {}, rawOf({ body, headers, path: '/messages?beta=true' }));
    const [asked] = subject.asked;
    expect(asked?.text).toBe(body.replace('"public"', '"claude-sonnet-4-5"'));
    expect(asked?.url).toBe('/v1/messages?beta=true');
    expect(asked?.headers).toMatchObject({ ...headers, 'x-api-key': 'sk-test' });
  });

  test('are answered with the bytes of the server', async () => {
    const odd = plain.join('').replace('event: ping', 'event:ping') + 'ignored: after the end\n\n';
    const { backend } = await subjectOf(streaming(odd));
    const chunks = await run(backend, {}, rawOf({}));
    const raw = chunks.flatMap((chunk) => (chunk.type === 'raw' ? [chunk.text] : []));
    expect(raw.join('')).toBe(odd.slice(0, odd.indexOf('ignored')));
    expect(chunks.map((chunk) => chunk.type)).not.toContain('text');
    expect(finishOf(chunks)).toMatchObject({
      reason: 'stop',
      usage: { promptTokens: 18, cachedTokens: 5, cacheWriteTokens: 3, completionTokens: 2 },
    });
  });

  test('are answered under the name that callers know, where it is another one', async () => {
    const { backend } = await subjectOf(streaming(...plain), { publicName: 'our-claude' });
    const chunks = await run(backend, {}, rawOf({}));
    const raw = chunks.flatMap((chunk) => (chunk.type === 'raw' ? [chunk.text] : [])).join('');
    expect(raw).toBe(plain.join('').replace('claude-sonnet-4-5', 'our-claude'));
  });

  test('get nothing until there is content, and then all that came before it', async () => {
    const opener =
      messageStart(usage) +
      ping +
      wireEvent({
        type: 'content_block_start',
        index: 0,
        content_block: { type: 'text', text: '' },
      });
    const delta = { type: 'text_delta', text: 'a' };
    const piece = wireEvent({ type: 'content_block_delta', index: 0, delta });
    const seen: InferenceChunk[] = [];
    let seenBeforeContent = -1;
    const body = async function* (): AsyncGenerator<Uint8Array> {
      const encoder = new TextEncoder();
      yield encoder.encode(opener);
      // Asked for more: what came first was read and has led to nothing.
      seenBeforeContent = await Promise.resolve(seen.length);
      yield encoder.encode(piece);
      yield encoder.encode(messageEnd({ output_tokens: 1 }));
    };
    const backend = createAnthropicBackend({
      http: { request: () => Promise.resolve({ status: 200, headers: {}, body: body() }) },
      clock: systemClock,
      ...{ baseUrl: '', modelName: 'm', serverName: 'The fake', headers: () => ({}) },
      servedBy: { upstream: 'fake', machine: 'cloud', model: 'm' },
    });
    const { signal } = new AbortController();
    for await (const chunk of backend.infer(requestOf({}, rawOf({})), { signal })) seen.push(chunk);
    expect(seenBeforeContent).toBe(0);
    expect(seen[1]).toMatchObject({ type: 'raw', text: opener + piece });
  });

  test('a call of a tool is content from its beginning', async () => {
    const start = wireEvent({
      type: 'content_block_start',
      index: 0,
      content_block: { type: 'tool_use', id: 't', name: 'f', input: {} },
    });
    const { backend } = await subjectOf(streaming(messageStart(usage), start));
    const { seen, failure } = await untilFailure(backend, requestOf({}, rawOf({})));
    expect(failure).toMatchObject({ code: 'unavailable' });
    expect(seen.map((chunk) => chunk.type)).toEqual(['head', 'raw']);
  });

  test('are answered whole where they ask for it', async () => {
    const text = JSON.stringify({
      type: 'message',
      model: 'claude-sonnet-4-5',
      content: [{ type: 'text', text: 'Hi' }],
      stop_reason: 'end_turn',
      usage: { ...usage, output_tokens: 7 },
      unknown: 1.0,
    });
    const { backend } = await subjectOf((response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(text);
    });
    const chunks = await run(backend, {}, rawOf({ body: '{"model":"public","messages":[]}' }));
    expect(chunks[1]).toMatchObject({ type: 'raw', dialect: 'anthropic', text });
    expect(finishOf(chunks).usage).toMatchObject({ promptTokens: 18, completionTokens: 7 });
  });

  test('are answered anew where the server sends a stream to who waits for one body', async () => {
    const { backend } = await subjectOf(streaming(...plain));
    const chunks = await run(backend, {}, rawOf({ body: '{"model":"public","messages":[]}' }));
    expect(chunks.map((chunk) => chunk.type)).toEqual(['head', 'text', 'text', 'finish']);
  });

  test('a stream without its last event is a failure', async () => {
    const cut = plain.join('').replace(wireEvent({ type: 'message_stop' }), '');
    const { backend } = await subjectOf(streaming(cut));
    await expect(run(backend, {}, rawOf({}))).rejects.toMatchObject({ code: 'unavailable' });
  });

  test('counts pass as well', async () => {
    const text = '{"input_tokens":33,"more":true}';
    const subject = await subjectOf((response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(text);
    });
    const input = { task: 'count', messages: [], tools: [] } as const;
    const { signal } = new AbortController();
    const raw = rawOf({ path: '/messages/count_tokens' });
    const request = { envelope: chatRequest('').envelope, input, raw };
    const chunks = await collect(subject.backend.infer(request, { signal }));
    expect(chunks[1]).toMatchObject({ type: 'raw', text });
    expect(finishOf(chunks).usage.promptTokens).toBe(33);
  });

  test('thoughts that no provider signed are left out, and nothing else', async () => {
    const thought = { type: 'thinking', thinking: 'ours', signature: '' };
    const signed = { type: 'thinking', thinking: 'theirs', signature: 'sig' };
    const text = { type: 'text', text: 'Yes', cache_control: { type: 'ephemeral' } };
    const asked = (first: readonly object[]) => ({
      model: 'claude-sonnet-4-5',
      unknown: { kept: true },
      messages: [
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: [...first, text] },
        { role: 'assistant', content: [signed] },
        { role: 'user', content: 'Go on' },
      ],
    });
    const subject = await subjectOf(streaming(...plain));
    const messages: ChatInput['messages'] = [{ role: 'assistant', text: 'Yes', reasoning: 'ours' }];
    const raw = rawOf({ body: JSON.stringify(asked([thought])) });
    await run(subject.backend, { messages }, raw);
    expect(bodyOf(subject)).toEqual(asked([]));
  });
});
