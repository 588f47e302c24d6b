import { describe, expect, test } from 'vitest';
import type { InferenceChunk } from '../core/inference.ts';
import type { TokenUsage } from '../core/usage.ts';
import { finishChunk, scriptedHead } from '../testing/scripted-backend.ts';
import { decodeMessage } from './anthropic/decode.ts';
import { checkSupport } from './anthropic/client/check-support.ts';
import { familyOf } from './anthropic/client/model-family.ts';
import { messageBody } from './anthropic/client/request-body.ts';
import { collectMessage } from './anthropic/message-response.ts';
import { collectChat } from './openai/chat-response.ts';
import { quirksOf } from './openai/client/quirks.ts';
import { chatBody } from './openai/client/request-body.ts';
import { decodeChat } from './openai/decode-chat.ts';

const url = 'data:image/png;base64,AAAA';
const source = { type: 'base64', media_type: 'image/png', data: 'AAAA' };
const schema = { type: 'object', properties: { city: { type: 'string' } } };
const openaiTool = {
  type: 'function',
  function: { name: 'weather', description: 'd', parameters: schema, strict: true },
};
const anthropicTool = { name: 'weather', description: 'd', input_schema: schema, strict: true };
const hi = { role: 'user', content: 'Hi' };
const hiBlock = { role: 'user', content: [{ type: 'text', text: 'Hi' }] };

/** A request of one API as the other API gets it, without what every request has. */
function toAnthropic(fields: object, model = 'claude-sonnet-4-5'): object {
  const { input } = decodeChat({ model: 'm', messages: [hi], max_tokens: 40_000, ...fields });
  checkSupport(input, 'Anthropic');
  const names = { model, family: familyOf(model), serverName: 'Anthropic' };
  return without(messageBody(input, names), ['model', 'stream', 'max_tokens']);
}

function toOpenAi(fields: object): object {
  const { input } = decodeMessage({ model: 'm', messages: [hi], max_tokens: 50, ...fields });
  const body = chatBody(input, 'm', quirksOf.openai);
  return without(body, ['model', 'stream', 'stream_options', 'max_tokens']);
}

function without(body: object, names: readonly string[]): object {
  return Object.fromEntries(Object.entries(body).filter(([name]) => !names.includes(name)));
}

const call = (id: string, city: string) => ({
  id,
  type: 'function',
  function: { name: 'weather', arguments: JSON.stringify({ city }) },
});
const use = (id: string, city: string) => ({
  type: 'tool_use',
  id,
  name: 'weather',
  input: { city },
});

/** The same request in both APIs; it must come out of either as it goes into the other. */
const both: readonly (readonly [what: string, openai: object, anthropic: object])[] = [
  ['a prompt', { messages: [hi] }, { messages: [hiBlock] }],
  [
    'a system prompt',
    { messages: [{ role: 'system', content: 'Be brief' }, hi] },
    { system: 'Be brief', messages: [hiBlock] },
  ],
  [
    'a picture',
    {
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Look' },
            { type: 'image_url', image_url: { url } },
          ],
        },
      ],
    },
    {
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Look' },
            { type: 'image', source },
          ],
        },
      ],
    },
  ],
  [
    'parallel calls and their results',
    {
      messages: [
        hi,
        { role: 'assistant', content: 'Both.', tool_calls: [call('a', 'Bern'), call('b', 'Rom')] },
        { role: 'tool', tool_call_id: 'a', content: 'rain' },
        { role: 'tool', tool_call_id: 'b', content: 'sun' },
        { role: 'user', content: 'So?' },
      ],
      tools: [openaiTool],
    },
    {
      messages: [
        hiBlock,
        {
          role: 'assistant',
          content: [{ type: 'text', text: 'Both.' }, use('a', 'Bern'), use('b', 'Rom')],
        },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 'a', content: [{ type: 'text', text: 'rain' }] },
            { type: 'tool_result', tool_use_id: 'b', content: [{ type: 'text', text: 'sun' }] },
            { type: 'text', text: 'So?' },
          ],
        },
      ],
      tools: [anthropicTool],
    },
  ],
  [
    'a tool that has to be called',
    { messages: [hi], tools: [openaiTool], tool_choice: 'required' },
    { messages: [hiBlock], tools: [anthropicTool], tool_choice: { type: 'any' } },
  ],
  [
    'one tool by name',
    {
      messages: [hi],
      tools: [openaiTool],
      tool_choice: { type: 'function', function: { name: 'weather' } },
    },
    { messages: [hiBlock], tools: [anthropicTool], tool_choice: { type: 'tool', name: 'weather' } },
  ],
  [
    'one call at a time',
    { messages: [hi], tools: [openaiTool], parallel_tool_calls: false },
    {
      messages: [hiBlock],
      tools: [anthropicTool],
      tool_choice: { type: 'auto', disable_parallel_tool_use: true },
    },
  ],
  [
    'sampling and stops',
    { messages: [hi], temperature: 0.5, top_p: 0.9, stop: ['END'] },
    { messages: [hiBlock], temperature: 0.5, top_p: 0.9, stop_sequences: ['END'] },
  ],
  [
    'a schema of the output',
    {
      messages: [hi],
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'answer', schema, strict: true },
      },
    },
    { messages: [hiBlock], output_config: { format: { type: 'json_schema', schema } } },
  ],
  [
    'no thinking',
    { messages: [hi], reasoning_effort: 'none' },
    { messages: [hiBlock], thinking: { type: 'disabled' } },
  ],
  ...(
    [
      ['low', 1024],
      ['medium', 4096],
      ['high', 16_384],
      ['xhigh', 24_576],
      ['max', 31_999],
    ] as const
  ).map(
    ([effort, budget]) =>
      [
        `an effort of ${effort}`,
        { messages: [hi], reasoning_effort: effort },
        { messages: [hiBlock], thinking: { type: 'enabled', budget_tokens: budget } },
      ] as const,
  ),
];

describe('a request says the same in both APIs', () => {
  test.each(both)('%s, from OpenAI to Anthropic', (_what, openai, anthropic) => {
    expect(toAnthropic(openai)).toEqual(anthropic);
  });

  test.each(both)('%s, from Anthropic to OpenAI', (_what, openai, anthropic) => {
    expect(toOpenAi(anthropic)).toEqual(openai);
  });

  test.each(both)('%s, from Anthropic to Anthropic', (_what, _openai, anthropic) => {
    const { input } = decodeMessage({ model: 'm', max_tokens: 40_000, ...anthropic });
    const model = 'claude-sonnet-4-5';
    const body = messageBody(input, { model, family: familyOf(model), serverName: 'A' });
    expect(without(body, ['model', 'stream', 'max_tokens'])).toEqual(anthropic);
  });
});

describe('what only one of them has a way for finds another one', () => {
  test('pictures of a result follow it', () => {
    const content = [
      { type: 'text', text: 'done' },
      { type: 'image', source },
    ];
    const messages = [
      { role: 'assistant', content: [use('a', 'Bern')] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a', content }] },
    ];
    expect(toOpenAi({ messages })).toMatchObject({
      messages: [
        { role: 'assistant' },
        { role: 'tool', tool_call_id: 'a', content: 'done' },
        { role: 'user', content: [{ type: 'text' }, { type: 'image_url', image_url: { url } }] },
      ],
    });
  });

  test('models that are told how hard to think are told so', () => {
    const effort = (fields: object, model: string) => toAnthropic(fields, model);
    const said = { reasoning_effort: 'xhigh' };
    expect(effort(said, 'claude-opus-4-7')).toMatchObject({
      thinking: { type: 'adaptive' },
      output_config: { effort: 'xhigh' },
    });
    expect(effort(said, 'claude-opus-4-6')).toMatchObject({ output_config: { effort: 'high' } });
    expect(effort({ reasoning_effort: 'minimal' }, 'claude-sonnet-5')).toMatchObject({
      output_config: { effort: 'low' },
    });
  });

  test('thinking leaves room for the answer, or does not happen', () => {
    const said = { reasoning_effort: 'max' };
    expect(toAnthropic({ ...said, max_tokens: 10_000 })).toMatchObject({
      thinking: { type: 'enabled', budget_tokens: 8000 },
    });
    expect(toAnthropic({ ...said, max_tokens: 1024 })).not.toHaveProperty('thinking');
  });

  test('a turn whose thought nobody can prove goes on without thinking', () => {
    const messages = [
      hi,
      { role: 'assistant', content: null, tool_calls: [call('a', 'Bern')] },
      { role: 'tool', tool_call_id: 'a', content: 'rain' },
    ];
    const said = { messages, tools: [openaiTool], reasoning_effort: 'low' };
    expect(toAnthropic(said)).not.toHaveProperty('thinking');
    expect(toAnthropic(said, 'claude-opus-4-7')).toHaveProperty('thinking');
  });

  test('ids that Anthropic refuses change alike in call and result', () => {
    const messages = [
      { role: 'assistant', content: null, tool_calls: [call('call:1.a', 'Bern')] },
      { role: 'tool', tool_call_id: 'call:1.a', content: 'rain' },
    ];
    expect(toAnthropic({ messages, tools: [openaiTool] })).toMatchObject({
      messages: [{ content: [{ id: 'call_1_a' }] }, { content: [{ tool_use_id: 'call_1_a' }] }],
    });
  });

  test.each([
    [{ seed: 5 }, 'seed'],
    [{ n: 2 }, 'n'],
    [{ logprobs: true }, 'logprobs'],
    [{ temperature: 1.5 }, 'temperature'],
    [{ frequency_penalty: 1 }, 'frequency_penalty'],
    [{ response_format: { type: 'json_object' } }, 'response_format'],
    [{ tools: [openaiTool], tool_choice: 'required', reasoning_effort: 'low' }, 'tool_choice'],
  ])('or is refused by name: %j', (fields, param) => {
    expect(() => toAnthropic(fields)).toThrow(
      expect.objectContaining({ code: 'unsupported-capability', param }) as Error,
    );
  });

  test('values that ask for nothing are no wish', () => {
    expect(toAnthropic({ frequency_penalty: 0, presence_penalty: 0 })).toEqual({
      messages: [hiBlock],
    });
  });
});

describe('an answer says the same in both APIs', () => {
  const usage: TokenUsage = {
    promptTokens: 20,
    cachedTokens: 12,
    cacheWriteTokens: 3,
    completionTokens: 9,
    reasoningTokens: 4,
  };
  const chunks: readonly InferenceChunk[] = [
    scriptedHead,
    { type: 'reasoning', text: 'Hm' },
    { type: 'text', text: 'Both.' },
    { type: 'tool-call', index: 0, id: 'a', name: 'weather', argumentsDelta: '{"city":"Bern"}' },
    { type: 'tool-call', index: 1, id: 'b', name: 'weather', argumentsDelta: '{"city":"Rom"}' },
    { ...finishChunk(9, 'tool-calls'), usage },
  ];
  const answer = { requestId: 'r', receivedAt: 0, includeUsage: true };
  async function* streamed(): AsyncGenerator<InferenceChunk> {
    yield* await Promise.resolve(chunks);
  }

  test('in the way of OpenAI', async () => {
    expect(await collectChat(streamed(), answer)).toMatchObject({
      choices: [
        {
          finish_reason: 'tool_calls',
          message: {
            content: 'Both.',
            reasoning_content: 'Hm',
            tool_calls: [call('a', 'Bern'), call('b', 'Rom')],
          },
        },
      ],
      usage: {
        prompt_tokens: 20,
        completion_tokens: 9,
        prompt_tokens_details: { cached_tokens: 12 },
        completion_tokens_details: { reasoning_tokens: 4 },
      },
    });
  });

  test('in the way of Anthropic', async () => {
    expect(await collectMessage(streamed(), answer)).toMatchObject({
      stop_reason: 'tool_use',
      content: [
        { type: 'thinking', thinking: 'Hm' },
        { type: 'text', text: 'Both.' },
        use('a', 'Bern'),
        use('b', 'Rom'),
      ],
      usage: {
        input_tokens: 5,
        cache_read_input_tokens: 12,
        cache_creation_input_tokens: 3,
        output_tokens: 9,
        output_tokens_details: { thinking_tokens: 4 },
      },
    });
  });
});
