import { expect, test } from 'vitest';
import type { WireDialect } from '../core/inference.ts';
import type { TokenUsage } from '../core/usage.ts';
import { readPassingBody } from './passing-body.ts';
import { passingUsage } from './passing-usage.ts';

function read(type: string, dialect: WireDialect, ...pieces: string[]): (TokenUsage | undefined)[] {
  const used = passingUsage(type, dialect, 7);
  const soFar = pieces.map((piece) => {
    used.take(Buffer.from(piece));
    return used.soFar();
  });
  return [...soFar, used.end()];
}

const event = (value: object): string => `data: ${JSON.stringify(value)}\n\n`;

test('a whole answer of either API says what it used at its end', () => {
  const chat = '{"usage":{"prompt_tokens":5,"completion_tokens":2}}';
  const [first, second, end] = read(
    'application/json',
    'openai',
    chat.slice(0, 20),
    chat.slice(20),
  );
  expect([first, second]).toEqual([undefined, undefined]);
  expect(end).toMatchObject({ promptTokens: 5, completionTokens: 2 });
  const message = {
    ...{ type: 'message', content: [] },
    usage: { input_tokens: 4, cache_read_input_tokens: 3, output_tokens: 2 },
  };
  expect(read('application/json', 'anthropic', JSON.stringify(message)).at(-1)).toMatchObject({
    ...{ promptTokens: 7, cachedTokens: 3, completionTokens: 2 },
  });
});

test('a stream counts its pieces until its server counts', () => {
  const delta = event({ choices: [{ index: 0, delta: { content: 'x' } }] });
  const told = event({ choices: [], usage: { prompt_tokens: 5, completion_tokens: 9 } });
  const seen = read('text/event-stream; charset=utf-8', 'openai', delta, delta + delta, told);
  expect(seen).toMatchObject([
    { promptTokens: 7, completionTokens: 1, isEstimated: true },
    { promptTokens: 7, completionTokens: 3, isEstimated: true },
    { promptTokens: 5, completionTokens: 9 },
    { promptTokens: 5, completionTokens: 9 },
  ]);
  const done = event({
    type: 'response.completed',
    response: { usage: { input_tokens: 5, output_tokens: 6 } },
  });
  expect(read('text/event-stream', 'openai', done).at(-1)).toMatchObject({ completionTokens: 6 });
  const start = event({ type: 'message_start', message: { usage: { input_tokens: 3 } } });
  const words = { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'x' } };
  const end = event({ type: 'message_delta', delta: {}, usage: { output_tokens: 8 } });
  expect(read('text/event-stream', 'anthropic', start, event(words), end)).toMatchObject([
    { promptTokens: 3, completionTokens: 0 },
    { promptTokens: 3, completionTokens: 1, isEstimated: true },
    ...[{ completionTokens: 8 }, { completionTokens: 8 }],
  ]);
});

test('what is no answer of a model says nothing', () => {
  expect(read('audio/mpeg', 'openai', '{"usage":{"prompt_tokens":5}}').at(-1)).toBeUndefined();
  expect(read('application/json', 'openai', '{"usage":', 'x').at(-1)).toBeUndefined();
  const long = ['{"usage":{"prompt_tokens":5},"data":"', 'x'.repeat(5 * 1024 * 1024), '"}'];
  expect(read('application/json', 'openai', ...long).at(-1)).toBeUndefined();
});

test.each([
  [
    '/chat/completions',
    { messages: [{ role: 'user', content: 'hi' }], max_tokens: 5, n: 2 },
    { isWritten: true, maxTokens: 10, texts: ['user', 'hi'] },
  ],
  ['/responses?x=1', { input: 'hi' }, { isWritten: true, texts: ['hi'] }],
  ['/v1/embeddings', { model: 'm', input: ['a', 'b'] }, { isWritten: false, texts: ['a', 'b'] }],
  [
    '/messages',
    { messages: [{ content: [{ data: 'A'.repeat(3000) }, { url: 'data:image/png;base64,AA' }] }] },
    { isWritten: true, pictures: 2, texts: [] },
  ],
  ['/messages/count_tokens', { messages: [] }, undefined],
  ['/moderations', { input: 'x' }, undefined],
])('a body for %s is read for what it asks', (path, body, expected) => {
  const raw = {
    ...({ dialect: 'openai', path, method: 'POST', headers: {}, demands: [] } as const),
    body: Buffer.from(JSON.stringify(body)),
  };
  const read = readPassingBody(raw);
  if (expected === undefined) expect(read).toBeUndefined();
  else expect(read).toMatchObject(expected);
});
