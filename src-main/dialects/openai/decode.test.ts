import { describe, expect, test } from 'vitest';
import { MillpondError } from '../../core/error.ts';
import { decodeChat } from './decode-chat.ts';
import { decodeCompletion } from './decode-completion.ts';
import { decodeEmbedding } from './decode-embedding.ts';
import { decodeRerank } from './decode-rerank.ts';

const user = (content: unknown) => [{ role: 'user', content }];
const chat = (fields: object = {}) =>
  decodeChat({ model: 'guide', messages: user('Hi'), ...fields });

function refusal(run: () => unknown): MillpondError {
  try {
    run();
  } catch (error) {
    if (error instanceof MillpondError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('chat', () => {
  test('reads every parameter that changes an answer', () => {
    const { input, stream, includeUsage, ignored } = chat({
      temperature: 0.5,
      top_p: 0.9,
      top_k: 20,
      min_p: 0.1,
      seed: 7,
      repetition_penalty: 1.1,
      frequency_penalty: 0.2,
      presence_penalty: -0.2,
      logit_bias: { '15': -100 },
      max_completion_tokens: 50,
      n: 2,
      stop: 'END',
      stream: true,
      stream_options: { include_usage: true },
      logprobs: true,
      top_logprobs: 5,
      reasoning_effort: 'minimal',
      parallel_tool_calls: false,
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'answer', schema: { type: 'object' }, strict: true },
      },
    });
    expect(input).toEqual({
      task: 'chat',
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
      tools: [],
      toolChoice: 'none',
      parallelToolCalls: false,
      sampling: {
        temperature: 0.5,
        topP: 0.9,
        topK: 20,
        minP: 0.1,
        seed: 7,
        repeatPenalty: 1.1,
        frequencyPenalty: 0.2,
        presencePenalty: -0.2,
        logitBias: { 15: -100 },
      },
      maxTokens: 50,
      choices: 2,
      stop: ['END'],
      logprobs: { top: 5 },
      reasoning: 'on',
      reasoningEffort: 'minimal',
      reasoningBudget: 256,
      format: { type: 'json-schema', name: 'answer', schema: { type: 'object' } },
    });
    expect({ stream, includeUsage, ignored }).toEqual({
      stream: true,
      includeUsage: true,
      ignored: [],
    });
  });

  test('absent and null mean the default', () => {
    const bare = chat();
    expect(bare.input).toMatchObject({ sampling: {}, stop: [], choices: 1, reasoning: 'auto' });
    expect(bare.input).not.toHaveProperty('maxTokens');
    const nulls = { temperature: null, stop: null, tools: null, n: null, response_format: null };
    expect(chat(nulls)).toEqual(bare);
    expect(chat({ max_tokens: -1, seed: -1 })).toEqual(bare);
  });

  test.each([
    ['audio', { voice: 'x' }],
    ['functions', []],
    ['function_call', 'auto'],
    ['modalities', ['text', 'audio']],
    ['moderation', {}],
    ['service_tier', 'priority'],
    ['store', true],
    ['verbosity', 'low'],
    ['web_search_options', {}],
  ])('demands %s by name, and refuses no provider that has it', (name, value) => {
    const { demands, ignored } = chat({ [name]: value });
    expect(demands?.map(({ param }) => param)).toEqual([name]);
    expect(ignored).toEqual([]);
  });

  test.each([
    ['chat_template', '{{x}}'],
    ['lora', []],
    ['id_slot', 0],
    ['grammar', 'root ::= "x"'],
    ['base_url', 'http://x'],
    ['api_base', 'http://x'],
    ['api_key', 'x'],
    ['extra_headers', {}],
    ['fallbacks', []],
  ])('refuses %s by name, whoever answers', (name, value) => {
    const error = refusal(() => chat({ [name]: value }));
    expect(error).toMatchObject({
      code: 'invalid-request',
      param: name,
      reason: 'unsupported_parameter',
    });
    expect(error.message).toContain(name);
  });

  test('accepts the values of such parameters that ask for nothing', () => {
    const harmless = {
      modalities: ['text'],
      service_tier: 'auto',
      store: false,
      verbosity: 'medium',
      stream: true,
      stream_options: { include_obfuscation: false },
    };
    expect(chat(harmless)).toMatchObject({ ignored: [] });
    expect(chat(harmless)).not.toHaveProperty('demands');
  });

  test('names what has no effect', () => {
    const messages = [
      { role: 'system', content: 'x', name: 'n' },
      { role: 'user', content: 'y' },
    ];
    const { ignored } = chat({ messages, user: 'u', prompt_cache_key: 'k', mirostat: 1 });
    expect(ignored).toEqual(['mirostat', 'messages[].name']);
  });

  test.each([
    [{ model: '' }, 'model'],
    [{ model: 5 }, 'model'],
    [{ messages: [] }, 'messages'],
    [{ messages: 'Hi' }, 'messages'],
    [{ messages: [{ role: 'wizard', content: 'x' }] }, 'messages[0].role'],
    [{ messages: [{ role: 'user' }] }, 'messages[0].content'],
    [{ messages: user([{ type: 'text' }]) }, 'messages[0].content[0].text'],
    [{ messages: [{ role: 'tool', content: 'x' }] }, 'messages[0].tool_call_id'],
    [{ temperature: 3 }, 'temperature'],
    [{ top_logprobs: 3 }, 'top_logprobs'],
    [{ max_tokens: 0 }, 'max_tokens'],
    [{ max_tokens: 5, max_completion_tokens: 6 }, 'max_tokens'],
    [{ n: 0 }, 'n'],
    [{ stop: ['a', ''] }, 'stop[1]'],
    [{ logit_bias: { cat: 1 } }, 'logit_bias.cat'],
    [
      { logit_bias: Object.fromEntries(Array.from({ length: 1025 }, (_, id) => [id, 1])) },
      'logit_bias',
    ],
    [{ stream_options: { include_usage: true } }, 'stream_options'],
    [{ reasoning_effort: 'huge' }, 'reasoning_effort'],
    [{ response_format: { type: 'json_schema' } }, 'response_format.json_schema'],
    [{ tool_choice: 'required' }, 'tool_choice'],
  ])('refuses %j naming the field', (fields, param) => {
    expect(refusal(() => chat(fields))).toMatchObject({ code: 'invalid-request', param });
  });

  test.each([
    [{ messages: [{ role: 'function', content: 'x', name: 'f' }] }, 'messages[0].role'],
    [{ messages: [{ role: 'assistant', content: 'x', audio: { id: 'a' } }] }, 'messages[0].audio'],
    [
      { messages: [{ role: 'assistant', tool_calls: [{ id: 'c', type: 'custom' }] }] },
      'messages[0].tool_calls[0].type',
    ],
    [
      { stream: true, stream_options: { include_obfuscation: true } },
      'stream_options.include_obfuscation',
    ],
  ])('demands %j naming the field', (fields, param) => {
    expect(chat(fields).demands).toMatchObject([{ param }]);
  });

  test('reads messages of every role', () => {
    const { input } = chat({
      messages: [
        {
          role: 'developer',
          content: [
            { type: 'text', text: 'Be ' },
            { type: 'text', text: 'brief' },
          ],
        },
        { role: 'user', content: [{ type: 'text', text: 'Hi' }], name: 'Ada' },
        {
          role: 'assistant',
          content: null,
          reasoning_content: 'hmm',
          tool_calls: [{ id: 'c1', type: 'function', function: { name: 'f', arguments: '{}' } }],
        },
        { role: 'tool', content: 'ok', tool_call_id: 'c1' },
        { role: 'assistant', content: [{ type: 'refusal', refusal: 'No' }] },
      ],
    });
    expect(input.messages).toEqual([
      { role: 'system', text: 'Be brief' },
      { role: 'user', content: [{ type: 'text', text: 'Hi' }], name: 'Ada' },
      {
        role: 'assistant',
        text: '',
        reasoning: 'hmm',
        toolCalls: [{ id: 'c1', name: 'f', arguments: '{}' }],
      },
      { role: 'tool', toolCallId: 'c1', text: 'ok' },
      { role: 'assistant', text: 'No' },
    ]);
  });

  test('takes pictures inside the request and fetches none', () => {
    const image = (url: string) => user([{ type: 'image_url', image_url: { url } }]);
    const data = 'data:image/png;base64,AAAA';
    const { input } = chat({ messages: image(data) });
    expect(input.messages[0]).toMatchObject({ content: [{ type: 'image', url: data }] });
    const address = chat({ messages: image('https://example.org/a.png') });
    expect(address.demands).toMatchObject([{ param: 'messages[0].content[0].image_url' }]);
    for (const url of ['file:///etc/passwd', 'gopher://169.254.169.254/', '/etc/passwd']) {
      expect(refusal(() => chat({ messages: image(url) }))).toMatchObject({
        code: 'invalid-request',
        param: 'messages[0].content[0].image_url',
      });
    }
  });

  test.each(['input_audio', 'file'])('demands content of type %s', (type) => {
    const messages = user([
      { type: 'text', text: 'Hi' },
      { type, [type]: {} },
    ]);
    const { demands, input } = chat({ messages });
    expect(demands).toMatchObject([{ param: 'messages[0].content[1]' }]);
    expect(input.messages).toEqual([{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }]);
  });
});

describe('tools', () => {
  const tool = (name: string) => ({ type: 'function', function: { name, parameters: {} } });
  const tools = [tool('a'), tool('b')];
  const named = (name: string) => ({ type: 'function', function: { name } });

  test.each([
    [undefined, 'auto'],
    ['auto', 'auto'],
    ['none', 'none'],
    ['required', 'required'],
    [named('b'), { name: 'b' }],
  ])('E7: tool_choice %j', (tool_choice, expected) => {
    expect(chat({ tools, tool_choice }).input.toolChoice).toEqual(expected);
  });

  test('E7: allowed_tools leaves only those', () => {
    const allowed_tools = { mode: 'required', tools: [named('b')] };
    const { input } = chat({ tools, tool_choice: { type: 'allowed_tools', allowed_tools } });
    expect(input.toolChoice).toBe('required');
    expect(input.tools.map((each) => each.name)).toEqual(['b']);
  });

  test.each([
    [{ tools, tool_choice: named('c') }, 'tool_choice'],
    [{ tools: [tool('a'), tool('a')] }, 'tools'],
    [{ tools: [tool('not a name')] }, 'tools[0].function.name'],
  ])('refuses %j', (fields, param) => {
    expect(refusal(() => chat(fields))).toMatchObject({ code: 'invalid-request', param });
  });

  test.each([
    [{ tools: [{ type: 'custom', custom: { name: 'x' } }] }, 'tools[0].type'],
    [
      { tools: [{ type: 'custom', custom: { name: 'x' } }], tool_choice: 'required' },
      'tools[0].type',
    ],
    [{ tools, tool_choice: { type: 'custom', custom: { name: 'a' } } }, 'tool_choice'],
  ])('demands %j', (fields, param) => {
    expect(chat(fields).demands).toMatchObject([{ param }]);
  });
});

describe('completions', () => {
  const complete = (fields: object) => decodeCompletion({ model: 'guide', ...fields });

  test.each([
    ['Say', 'Say'],
    [['Say'], 'Say'],
    [
      [1, 2],
      [1, 2],
    ],
    [[[1, 2]], [1, 2]],
  ])('prompt %j', (prompt, expected) => {
    expect(complete({ prompt }).input.prompt).toEqual(expected);
  });

  test('reads what only completions have', () => {
    const { input } = complete({ prompt: 'a', suffix: 'b', echo: true, logprobs: 2, best_of: 1 });
    expect(input).toMatchObject({ suffix: 'b', echo: true, logprobs: { top: 2 } });
  });

  test.each([
    [{ prompt: ['a', 'b'] }, 'prompt'],
    [{ prompt: 'a', best_of: 3 }, 'best_of'],
  ])('demands %j', (fields, param) => {
    expect(complete(fields).demands).toMatchObject([{ param }]);
  });

  test('refuses a call without a prompt', () => {
    const error = refusal(() => complete({}));
    expect(error).toMatchObject({ code: 'invalid-request', param: 'prompt' });
  });
});

describe('embeddings', () => {
  const embed = (fields: object) => decodeEmbedding({ model: 'e', ...fields });

  test.each([
    ['a', ['a']],
    [
      ['a', 'b'],
      ['a', 'b'],
    ],
    [[1, 2], [[1, 2]]],
    [
      [[1], [2]],
      [[1], [2]],
    ],
  ])('input %j', (input, expected) => {
    expect(embed({ input }).input.inputs).toEqual(expected);
  });

  test.each([
    [{ input: '' }, 'input'],
    [{ input: [] }, 'input'],
    [{ input: ['a', ''] }, 'input[1]'],
    [{ input: 'a', encoding_format: 'int8' }, 'encoding_format'],
  ])('refuses %j', (fields, param) => {
    expect(refusal(() => embed(fields))).toMatchObject({ code: 'invalid-request', param });
  });
});

test('a length of vectors is for a server that can cut them', () => {
  const { demands } = decodeEmbedding({ model: 'e', input: 'a', dimensions: 64 });
  expect(demands).toMatchObject([{ param: 'dimensions' }]);
});

describe('rerank', () => {
  const rerank = (fields: object) => decodeRerank({ model: 'r', query: 'q', ...fields });

  test('reads documents as text or objects, and never returns more than there are', () => {
    const decoded = rerank({ documents: ['a', { text: 'b' }], top_n: 9 });
    expect(decoded.input.documents).toEqual(['a', 'b']);
    expect(decoded.topN).toBe(2);
  });

  test.each([
    [{}, 'documents'],
    [{ documents: ['a'], top_n: 0 }, 'top_n'],
    [{ documents: ['a'], query: '' }, 'query'],
  ])('refuses %j', (fields, param) => {
    expect(refusal(() => rerank(fields))).toMatchObject({ code: 'invalid-request', param });
  });
});
