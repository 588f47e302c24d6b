import { describe, expect, test, vi } from 'vitest';
import {
  messageEnd,
  messageStart,
  ping,
  textBlock,
  wireBlock,
  wireError,
} from '../../../testing/anthropic-wire.ts';
import { chatRequest, collect, textOf } from '../../../testing/inference-requests.ts';
import {
  bodyOf,
  failing,
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
import { patience } from '../../../testing/patience.ts';

describe('an answer', () => {
  test('is its text and one finish with what the server counted', async () => {
    const { backend } = await subjectOf(streaming(...plain));
    const chunks = await run(backend);
    expect(chunks[0]).toMatchObject({ type: 'head', servedBy: { upstream: 'fake' } });
    expect(textOf(chunks)).toBe('Hello');
    expect(finishOf(chunks)).toMatchObject({ reason: 'stop' });
    expect(finishOf(chunks).usage).toEqual({
      promptTokens: 18,
      cachedTokens: 5,
      cacheWriteTokens: 3,
      completionTokens: 2,
      reasoningTokens: 0,
    });
  });

  test('has its thinking and its tool calls, in pieces', async () => {
    const { backend } = await subjectOf(
      streaming(
        messageStart(usage),
        wireBlock(0, { type: 'thinking', thinking: '', signature: '' }, [
          { type: 'thinking_delta', thinking: 'Let me ' },
          { type: 'thinking_delta', thinking: 'see' },
          { type: 'signature_delta', signature: 'sig' },
        ]),
        textBlock(1, 'Looking'),
        wireBlock(2, { type: 'tool_use', id: 'toolu_1', name: 'weather', input: {} }, [
          { type: 'input_json_delta', partial_json: '' },
          { type: 'input_json_delta', partial_json: '{"city":' },
          { type: 'input_json_delta', partial_json: '"Bern"}' },
        ]),
        wireBlock(3, { type: 'tool_use', id: 'toolu_2', name: 'time', input: {} }, []),
        messageEnd(
          { output_tokens: 40, output_tokens_details: { thinking_tokens: 12 } },
          { stop_reason: 'tool_use' },
        ),
      ),
    );
    const chunks = await run(backend);
    const thought = chunks.flatMap((chunk) => (chunk.type === 'reasoning' ? [chunk.text] : []));
    expect(thought).toEqual(['Let me ', 'see']);
    const calls = chunks.flatMap((chunk) => (chunk.type === 'tool-call' ? [chunk] : []));
    expect(
      calls.map(({ index, id, name, argumentsDelta }) => [index, id, name, argumentsDelta]),
    ).toEqual([
      [0, 'toolu_1', 'weather', ''],
      [0, undefined, undefined, '{"city":'],
      [0, undefined, undefined, '"Bern"}'],
      [1, 'toolu_2', 'time', ''],
    ]);
    expect(finishOf(chunks)).toMatchObject({
      reason: 'tool-calls',
      usage: { completionTokens: 40, reasoningTokens: 12 },
    });
  });

  test.each([
    ['end_turn', 'stop'],
    ['max_tokens', 'length'],
    ['stop_sequence', 'stop'],
    ['tool_use', 'tool-calls'],
    ['refusal', 'content-filter'],
    ['model_context_window_exceeded', 'length'],
    ['something_new', 'stop'],
  ])('that ends by %s has the reason %s', async (said, reason) => {
    const stop = {
      stop_reason: said,
      ...(said === 'stop_sequence' && { stop_sequence: 'END' }),
    };
    const { backend } = await subjectOf(
      streaming(messageStart(usage), textBlock(0, 'a'), messageEnd({ output_tokens: 1 }, stop)),
    );
    const finish = finishOf(await run(backend));
    expect(finish.reason).toBe(reason);
    expect(finish.stopSequence).toBe(said === 'stop_sequence' ? 'END' : undefined);
  });

  test('that comes whole although a stream was asked for is read as well', async () => {
    const { backend } = await subjectOf(
      failing(200, {
        type: 'message',
        content: [
          { type: 'text', text: 'Hi' },
          { type: 'tool_use', id: 't', name: 'f', input: { a: 1 } },
        ],
        stop_reason: 'tool_use',
        usage: { input_tokens: 4, output_tokens: 2 },
      }),
    );
    const chunks = await run(backend);
    expect(textOf(chunks)).toBe('Hi');
    const written = chunks.map((chunk) => (chunk.type === 'tool-call' ? chunk.argumentsDelta : ''));
    expect(written.join('')).toBe('{"a":1}');
    expect(finishOf(chunks).usage).toMatchObject({ promptTokens: 4, completionTokens: 2 });
  });

  test('whose prompt is counted at its end only is counted all the same', async () => {
    const { backend } = await subjectOf(
      streaming(
        messageStart({ input_tokens: 0, output_tokens: 0 }),
        textBlock(0, 'a'),
        messageEnd({ input_tokens: 9, cache_read_input_tokens: 4, output_tokens: 1 }),
      ),
    );
    expect(finishOf(await run(backend)).usage).toMatchObject({ promptTokens: 13, cachedTokens: 4 });
  });

  test('tells the usage so far with each piece, as an estimate until the server counts', async () => {
    const { backend } = await subjectOf(streaming(...plain));
    const pieces = (await run(backend)).flatMap((chunk) => (chunk.type === 'text' ? [chunk] : []));
    expect(pieces.map(({ usage: soFar }) => soFar)).toMatchObject([
      { promptTokens: 18, completionTokens: 1, isEstimated: true },
      { promptTokens: 18, completionTokens: 2, isEstimated: true },
    ]);
  });

  test('that is cut fails instead of ending early', async () => {
    const { backend } = await subjectOf(streaming(messageStart(usage), textBlock(0, 'a')));
    await expect(run(backend)).rejects.toMatchObject({ code: 'unavailable' });
  });

  test('counts the tokens of a prompt', async () => {
    const subject = await subjectOf(failing(200, { input_tokens: 21 }));
    const { envelope } = chatRequest('');
    const input = {
      task: 'count',
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
      tools: [{ name: 'f' }],
    } as const;
    const { signal } = new AbortController();
    const chunks = await collect(subject.backend.infer({ envelope, input }, { signal }));
    expect(finishOf(chunks).usage.promptTokens).toBe(21);
    expect(subject.asked[0]?.url).toBe('/v1/messages/count_tokens');
    expect(bodyOf(subject)).toEqual({
      model: 'claude-sonnet-4-5',
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
      tools: [{ name: 'f', input_schema: { type: 'object' } }],
    });
  });
});

test('a server that counts no tokens is not taken for one without the model', async () => {
  const { backend } = await subjectOf(failing(404, { error: { message: 'no such page' } }));
  const { envelope } = chatRequest('');
  const input = { task: 'count', messages: [], tools: [] } as const;
  const { failure } = await untilFailure(backend, { envelope, input });
  expect(failure).toMatchObject({ code: 'unsupported-capability' });
});

describe('a failure', () => {
  const error = (type: string, message: string) => ({ type: 'error', error: { type, message } });
  test.each([
    [400, error('invalid_request_error', 'messages: wrong'), 'invalid-request', undefined],
    [
      400,
      error('invalid_request_error', 'prompt is too long: 201 tokens > 200 maximum'),
      'context-overflow',
      'context_length_exceeded',
    ],
    [
      400,
      error('invalid_request_error', 'Your credit balance is too low to access the Anthropic API.'),
      'rate-limited',
      'insufficient_quota',
    ],
    [401, error('authentication_error', 'invalid x-api-key'), 'unauthenticated', undefined],
    [403, error('permission_error', 'not allowed'), 'forbidden', undefined],
    [404, error('not_found_error', 'model: nope'), 'model-not-found', undefined],
    [413, error('request_too_large', 'too large'), 'too-large', undefined],
    [429, error('rate_limit_error', 'slow down'), 'rate-limited', undefined],
    [500, error('api_error', 'oops'), 'unavailable', undefined],
    [529, error('overloaded_error', 'Overloaded'), 'overloaded', undefined],
    [502, '<html>', 'unavailable', undefined],
  ])('with status %d is %#: %j', async (status, body, code, reason) => {
    const { backend } = await subjectOf(failing(status, body));
    await expect(run(backend)).rejects.toMatchObject({ code, reason });
  });

  test('says when to come back', async () => {
    const { backend } = await subjectOf(
      failing(429, error('rate_limit_error', 'slow down'), { 'retry-after': '7' }),
    );
    await expect(run(backend)).rejects.toMatchObject({ retryAfterMs: 7000 });
  });

  test.each([
    ['overloaded_error', 'overloaded'],
    ['rate_limit_error', 'rate-limited'],
    ['api_error', 'unavailable'],
    ['authentication_error', 'unauthenticated'],
  ])('inside a stream with status 200 (%s) fails before the head', async (type, code) => {
    const events = [messageStart(usage), ping, wireError(type, 'no')];
    const { backend } = await subjectOf(streaming(...events));
    for (const raw of [undefined, rawOf({})]) {
      const { seen, failure } = await untilFailure(backend, requestOf({}, raw));
      expect(failure).toMatchObject({ code });
      expect(seen).toEqual([]);
    }
  });

  test('after content comes behind that content', async () => {
    const start = [messageStart(usage), textBlock(0, 'Hel')];
    const { backend } = await subjectOf(streaming(...start, wireError('api_error', 'broke')));
    for (const raw of [undefined, rawOf({})]) {
      const { seen, failure } = await untilFailure(backend, requestOf({}, raw));
      expect(failure).toMatchObject({ code: 'unavailable' });
      const said = seen.map((chunk) => (chunk.type === 'raw' ? chunk.text : ''));
      if (raw === undefined) expect(textOf(seen)).toBe('Hel');
      else expect(said.join('')).toBe(start.join(''));
    }
  });

  test.each([false, true])('leaving closes the connection; with raw bytes: %s', async (isRaw) => {
    const subject = await subjectOf((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(messageStart(usage) + textBlock(0, 'a'));
    });
    const { signal } = new AbortController();
    const request = requestOf({}, isRaw ? rawOf({}) : undefined);
    for await (const chunk of subject.backend.infer(request, { signal })) {
      if (chunk.type !== 'head') break;
    }
    await vi.waitFor(() => {
      expect(subject.open()).toBe(0);
    }, patience);
  });
});
