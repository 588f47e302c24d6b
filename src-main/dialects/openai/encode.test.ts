import { describe, expect, test } from 'vitest';
import { MillpondError } from '../../core/error.ts';
import type { InferenceChunk, TokenLogprob } from '../../core/inference.ts';
import { finishChunk, scriptedHead } from '../../testing/scripted-backend.ts';
import { createChatStream } from './chat-stream.ts';
import { collectCompletion } from './completion-response.ts';
import { createCompletionStream } from './completion-stream.ts';
import { encodeError } from './errors.ts';
import type { StreamEncoder } from '../stream.ts';

const answer = { requestId: 'r1', receivedAt: 1_700_000_000_900, includeUsage: false };

interface Frame {
  readonly created: number;
  readonly choices: readonly { readonly index: number; readonly finish_reason: string | null }[];
}

/** What a client parses out of the bytes. */
function framesOf(encoder: StreamEncoder, chunks: readonly InferenceChunk[]): unknown[] {
  const text = chunks.map((chunk) => encoder.encode(chunk)).join('') + encoder.end();
  return text
    .trimEnd()
    .split('\n\n')
    .map((frame) => frame.replace(/^data: /, ''))
    .map((data): unknown => (data === '[DONE]' ? data : JSON.parse(data)));
}

async function* streamOf(chunks: readonly InferenceChunk[]): AsyncGenerator<InferenceChunk> {
  await Promise.resolve();
  yield* chunks;
}

describe('chat frames', () => {
  test('open and finish each choice exactly once, also when they interleave', () => {
    const frames = framesOf(createChatStream(answer), [
      scriptedHead,
      { type: 'text', text: 'a', choice: 1 },
      { type: 'text', text: 'b', choice: 0 },
      { type: 'text', text: 'c', choice: 1 },
      finishChunk(2, 'length', 1),
      finishChunk(3, 'stop', 0),
    ]);
    const steps = (frames.slice(0, -1) as Frame[]).map(({ choices: [choice] }) => choice);
    expect(steps.map((step) => step?.index)).toEqual([1, 1, 0, 0, 1, 1, 0]);
    expect(steps.map((step) => step?.finish_reason)).toEqual([
      null,
      null,
      null,
      null,
      null,
      'length',
      'stop',
    ]);
    expect(frames[0]).toMatchObject({ created: 1_700_000_000, id: 'chatcmpl-r1' });
    expect(frames.at(-1)).toBe('[DONE]');
  });

  test('open a choice that says nothing before they finish it', () => {
    const frames = framesOf(createChatStream(answer), [scriptedHead, finishChunk(0)]);
    expect(frames).toMatchObject([
      { choices: [{ delta: { role: 'assistant', content: '' }, finish_reason: null }] },
      { choices: [{ delta: {}, finish_reason: 'stop' }] },
      '[DONE]',
    ]);
  });

  test('keep newlines, quotes and emoji of the text inside one frame', () => {
    const text = 'a\n\ndata: "x" 🦆\u2028';
    const frames = framesOf(createChatStream(answer), [scriptedHead, { type: 'text', text }]);
    expect(frames).toHaveLength(3);
    expect(frames[1]).toMatchObject({ choices: [{ delta: { content: text } }] });
  });

  test('carry null usage until the usage chunk that was asked for', () => {
    const encoder = createChatStream({ ...answer, includeUsage: true });
    const frames = framesOf(encoder, [scriptedHead, finishChunk(4, 'content-filter')]);
    expect(frames).toMatchObject([
      { usage: null },
      { usage: null, choices: [{ finish_reason: 'content_filter' }] },
      {
        choices: [],
        usage: {
          prompt_tokens: 7,
          completion_tokens: 4,
          total_tokens: 11,
          completion_tokens_details: { reasoning_tokens: 0 },
        },
      },
      '[DONE]',
    ]);
  });
});

describe('text completions', () => {
  const logprob = (text: string): TokenLogprob => ({
    text,
    token: 1,
    logprob: -1,
    top: [{ text: 'x', token: 2, logprob: -2 }],
  });
  const chunks: InferenceChunk[] = [
    scriptedHead,
    { type: 'text', text: 'one', logprobs: [logprob('one')] },
    { type: 'text', text: ' two', logprobs: [logprob(' two')] },
    finishChunk(2),
  ];

  test('count text offsets over the whole answer, streamed and not', async () => {
    const frames = framesOf(createCompletionStream(answer), chunks);
    expect(frames).toMatchObject([
      { object: 'text_completion', choices: [{ logprobs: { text_offset: [0] } }] },
      { choices: [{ text: ' two', logprobs: { text_offset: [3], tokens: [' two'] } }] },
      { choices: [{ text: '', logprobs: null, finish_reason: 'stop' }] },
      '[DONE]',
    ]);
    expect(await collectCompletion(streamOf(chunks), answer)).toMatchObject({
      choices: [
        {
          text: 'one two',
          logprobs: {
            text_offset: [0, 3],
            token_logprobs: [-1, -1],
            top_logprobs: [{ x: -2 }, {}],
          },
        },
      ],
    });
  });
});

describe('errors', () => {
  test.each([
    ['unauthenticated', 'authentication_error', 'invalid_api_key', null],
    ['model-not-found', 'not_found_error', 'model_not_found', 'model'],
    ['context-overflow', 'invalid_request_error', 'context_length_exceeded', 'messages'],
    ['rate-limited', 'rate_limit_error', 'rate_limit_exceeded', null],
    ['internal', 'server_error', 'internal', null],
  ] as const)('%s', (code, type, wireCode, param) => {
    expect(encodeError(new MillpondError(code, 'Why'), 'r1')).toEqual({
      error: { message: 'Why', type, param, code: wireCode, request_id: 'r1' },
    });
  });
});
