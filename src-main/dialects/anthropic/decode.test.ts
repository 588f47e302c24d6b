import { describe, expect, test } from 'vitest';
import { decodeCount, decodeMessage } from './decode.ts';

const base = { model: 'guide', max_tokens: 50, messages: [{ role: 'user', content: 'Hi' }] };
const decode = (fields: object) => decodeMessage({ ...base, ...fields });
const messagesOf = (fields: object) => decode(fields).input.messages;
const said = (role: string, content: unknown) => ({ messages: [{ role, content }] });
const picture = { type: 'base64', media_type: 'image/png', data: 'AAAA' };
const url = 'data:image/png;base64,AAAA';

test('a request with nothing special about it', () => {
  expect(decode({})).toEqual({
    model: 'guide',
    stream: false,
    includeUsage: true,
    ignored: [],
    input: {
      task: 'chat',
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
      tools: [],
      toolChoice: 'none',
      parallelToolCalls: true,
      reasoning: 'auto',
      sampling: {},
      stop: [],
      choices: 1,
      format: { type: 'text' },
      maxTokens: 50,
    },
  });
});

describe('messages', () => {
  const cases: readonly (readonly [what: string, fields: object, messages: readonly object[]])[] = [
    [
      'a system prompt in blocks is one text',
      {
        system: [
          { type: 'text', text: 'One', cache_control: { type: 'ephemeral' } },
          { type: 'text', text: 'Two' },
        ],
      },
      [
        { role: 'system', text: 'One\n\nTwo' },
        { role: 'user', content: [{ type: 'text', text: 'Hi' }] },
      ],
    ],
    [
      'a system message between the turns stays there',
      { messages: [...base.messages, { role: 'system', content: 'Now in French' }] },
      [
        { role: 'user', content: [{ type: 'text', text: 'Hi' }] },
        { role: 'system', text: 'Now in French' },
      ],
    ],
    [
      'text and pictures',
      said('user', [
        { type: 'text', text: 'Look' },
        { type: 'image', source: picture },
      ]),
      [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Look' },
            { type: 'image', url },
          ],
        },
      ],
    ],
    [
      'results of tools come first, what is said about them behind',
      said('user', [
        { type: 'tool_result', tool_use_id: 'a', content: 'sunny' },
        {
          type: 'tool_result',
          tool_use_id: 'b',
          is_error: true,
          content: [
            { type: 'text', text: 'one' },
            { type: 'text', text: 'two' },
            { type: 'image', source: picture },
          ],
        },
        { type: 'tool_result', tool_use_id: 'c' },
        { type: 'text', text: 'Go on' },
      ]),
      [
        { role: 'tool', toolCallId: 'a', text: 'sunny' },
        { role: 'tool', toolCallId: 'b', text: 'one\ntwo', images: [{ url }], isError: true },
        { role: 'tool', toolCallId: 'c', text: '' },
        { role: 'user', content: [{ type: 'text', text: 'Go on' }] },
      ],
    ],
    [
      'a turn with a signed thought, text and two calls',
      said('assistant', [
        { type: 'thinking', thinking: 'Hm', signature: 'sig' },
        { type: 'text', text: 'Let me see. ' },
        { type: 'tool_use', id: 'a', name: 'f', input: { x: 1 } },
        { type: 'tool_use', id: 'b', name: 'g', input: {} },
      ]),
      [
        {
          role: 'assistant',
          reasoning: 'Hm',
          reasoningSignature: 'sig',
          text: 'Let me see. ',
          toolCalls: [
            { id: 'a', name: 'f', arguments: '{"x":1}' },
            { id: 'b', name: 'g', arguments: '{}' },
          ],
        },
      ],
    ],
    [
      'a thought that nobody signed',
      said('assistant', [
        { type: 'thinking', thinking: 'Hm', signature: '' },
        { type: 'text', text: 'Yes' },
      ]),
      [{ role: 'assistant', reasoning: 'Hm', text: 'Yes' }],
    ],
    [
      'a document of plain text',
      said('user', [
        {
          type: 'document',
          title: 'Notes',
          source: { type: 'text', media_type: 'text/plain', data: 'All is well' },
        },
      ]),
      [{ role: 'user', content: [{ type: 'text', text: 'Notes\n\nAll is well' }] }],
    ],
  ];
  test.each(cases)('%s', (_what, fields, messages) => {
    expect(messagesOf(fields)).toEqual(messages);
    expect(decode(fields).ignored).toEqual([]);
    expect(decode(fields).demands).toBeUndefined();
  });

  test('a thought that only its provider can read is left out, and named', () => {
    const decoded = decode(
      said('assistant', [
        { type: 'redacted_thinking', data: 'x' },
        { type: 'text', text: 'Yes' },
      ]),
    );
    expect(decoded.input.messages).toEqual([{ role: 'assistant', text: 'Yes' }]);
    expect(decoded.ignored).toEqual(['messages[].content[].redacted_thinking']);
  });
});

describe('what only Anthropic can honour is a demand', () => {
  const cases: readonly (readonly [fields: object, params: readonly string[]])[] = [
    [
      said('user', [{ type: 'document', source: { type: 'base64', data: 'x' } }]),
      ['messages[0].content[0]'],
    ],
    [
      said('user', [
        { type: 'text', text: 'a' },
        { type: 'image', source: { type: 'url', url: 'https://x.test/a.png' } },
      ]),
      ['messages[0].content[1].source'],
    ],
    [
      said('user', [{ type: 'image', source: { type: 'file', file_id: 'f' } }]),
      ['messages[0].content[0].source'],
    ],
    [
      said('assistant', [{ type: 'server_tool_use', id: 'a', name: 'web_search', input: {} }]),
      ['messages[0].content[0]'],
    ],
    [
      said('user', [
        { type: 'tool_result', tool_use_id: 'a', content: [{ type: 'search_result' }] },
      ]),
      ['messages[0].content[0].content[0]'],
    ],
    [
      {
        tools: [
          { name: 'f', input_schema: {} },
          { type: 'web_search_20250305', name: 'web_search' },
        ],
      },
      ['tools[1].type'],
    ],
    [{ container: 'c', speed: 'fast' }, ['container', 'speed']],
  ];
  test.each(cases)('%j', (fields, params) => {
    expect(decode(fields).demands?.map(({ param }) => param)).toEqual(params);
  });

  test('values that ask for what happens anyway are none', () => {
    const decoded = decode({
      service_tier: 'standard_only',
      speed: 'standard',
      cache_control: { type: 'ephemeral' },
    });
    expect(decoded.demands).toBeUndefined();
    expect(decoded.ignored).toEqual([]);
  });
});

describe('what is wrong is refused by name', () => {
  const cases: readonly (readonly [fields: object, param: string])[] = [
    [{ messages: undefined }, 'messages'],
    [{ messages: [] }, 'messages'],
    [{ model: undefined }, 'model'],
    [{ max_tokens: 0 }, 'max_tokens'],
    [{ temperature: 1.5 }, 'temperature'],
    [said('user', [{ type: 'text' }]), 'messages[0].content[0].text'],
    [said('user', [{ type: 'tool_use', id: 'a', name: 'f', input: {} }]), 'messages[0].content[0]'],
    [said('assistant', [{ type: 'tool_result', tool_use_id: 'a' }]), 'messages[0].content[0]'],
    [
      {
        tools: [
          { name: 'f', input_schema: {} },
          { name: 'f', input_schema: {} },
        ],
      },
      'tools',
    ],
    [{ tools: [{ name: 'f' }] }, 'tools[0].input_schema'],
    [{ tool_choice: { type: 'any' } }, 'tool_choice'],
    [
      { tools: [{ name: 'f', input_schema: {} }], tool_choice: { type: 'tool', name: 'g' } },
      'tool_choice',
    ],
    [{ mcp_servers: [{ url: 'https://x.test' }] }, 'mcp_servers'],
    [{ api_base: 'http://10.0.0.1' }, 'api_base'],
  ];
  test.each(cases)('%j', (fields, param) => {
    expect(() => decode(fields)).toThrow(
      expect.objectContaining({ code: 'invalid-request', param }) as Error,
    );
  });
});

test.each([
  [{}, { toolChoice: 'auto', parallelToolCalls: true }],
  [
    { type: 'auto', disable_parallel_tool_use: true },
    { toolChoice: 'auto', parallelToolCalls: false },
  ],
  [{ type: 'any' }, { toolChoice: 'required', parallelToolCalls: true }],
  [
    { type: 'tool', name: 'f' },
    { toolChoice: { name: 'f' }, parallelToolCalls: true },
  ],
  [{ type: 'none' }, { toolChoice: 'none', parallelToolCalls: true }],
])('the choice of tools %j', (choice, expected) => {
  const tools = [{ type: 'custom', name: 'f', description: 'd', input_schema: { type: 'object' } }];
  const fields = { tools, ...('type' in choice && { tool_choice: choice }) };
  expect(decode(fields).input).toMatchObject(expected);
  expect(decode(fields).input.tools).toEqual([
    { name: 'f', description: 'd', parameters: { type: 'object' } },
  ]);
});

test.each([
  [{}, { reasoning: 'auto' }],
  [{ thinking: { type: 'disabled' } }, { reasoning: 'off' }],
  [{ thinking: { type: 'adaptive' } }, { reasoning: 'on' }],
  [
    { thinking: { type: 'adaptive' }, output_config: { effort: 'max' } },
    { reasoning: 'on', reasoningEffort: 'max' },
  ],
  [
    { output_config: { effort: 'low' } },
    { reasoning: 'auto', reasoningEffort: 'low', reasoningBudget: 1024 },
  ],
  [
    { thinking: { type: 'enabled', budget_tokens: 1024 } },
    { reasoning: 'on', reasoningBudget: 1024, reasoningEffort: 'low' },
  ],
  [
    { thinking: { type: 'enabled', budget_tokens: 10_000 } },
    { reasoning: 'on', reasoningBudget: 10_000, reasoningEffort: 'medium' },
  ],
  [
    { thinking: { type: 'enabled', budget_tokens: 31_999 } },
    { reasoning: 'on', reasoningBudget: 31_999, reasoningEffort: 'max' },
  ],
])('the thinking of %j', (fields, expected) => {
  const { reasoning, reasoningBudget, reasoningEffort } = decode(fields).input;
  const given = { reasoning, reasoningBudget, reasoningEffort };
  expect(JSON.parse(JSON.stringify(given))).toEqual(expected);
});

test('sampling, stops, format and the conversation', () => {
  const decoded = decode({
    temperature: 0.5,
    top_p: 0.9,
    top_k: 5,
    stop_sequences: ['a', 'b'],
    output_config: { format: { type: 'json_schema', schema: { type: 'object' } } },
    metadata: { user_id: 'u_session_1', other: 1 },
    stream: true,
    context_management: { edits: [] },
  });
  expect(decoded.input).toMatchObject({
    sampling: { temperature: 0.5, topP: 0.9, topK: 5 },
    stop: ['a', 'b'],
    format: { type: 'json-schema', schema: { type: 'object' } },
  });
  expect(decoded).toMatchObject({
    affinity: 'u_session_1',
    stream: true,
    ignored: ['context_management'],
  });
});

test('a schema of the output may stand where it stood at first', () => {
  const format = { type: 'json_schema', schema: { type: 'array' } };
  expect(decode({ output_format: format }).input.format).toMatchObject({
    type: 'json-schema',
    schema: { type: 'array' },
  });
});

test('a count has the same prompt', () => {
  const { model, messages } = base;
  const tools = [{ name: 'f', input_schema: {} }];
  expect(decodeCount({ model, messages, system: 'S', tools }).input).toEqual({
    task: 'count',
    messages: [
      { role: 'system', text: 'S' },
      { role: 'user', content: [{ type: 'text', text: 'Hi' }] },
    ],
    tools: [{ name: 'f', parameters: {} }],
  });
});

describe("Claude Code's changing line", () => {
  const line = 'x-anthropic-billing-header: cc_version=2.1.177.01c; cc_entrypoint=cli; cch=36ee5;';
  test.each([
    [
      'a block of its own',
      [
        { type: 'text', text: line },
        { type: 'text', text: 'You are C' },
      ],
    ],
    ['the first line of a block', [{ type: 'text', text: `${line}\nYou are C` }]],
    ['the first line of a text', `${line}\r\nYou are C`],
    ['twice', `${line}\n${line}\nYou are C`],
  ])('is dropped and named: %s', (_what, system) => {
    const decoded = decode({ system });
    expect(decoded.input.messages[0]).toEqual({ role: 'system', text: 'You are C' });
    expect(decoded.ignored).toEqual(['x-anthropic-billing-header']);
  });

  test('is dropped from a count as well', () => {
    const { model, messages } = base;
    const decoded = decodeCount({ model, messages, system: line });
    expect(decoded.input.messages).toHaveLength(1);
    expect(decoded.ignored).toEqual(['x-anthropic-billing-header']);
  });

  test('stays where somebody talks about it', () => {
    const system = `Explain this:\n${line}`;
    const decoded = decode({ system, messages: [{ role: 'user', content: line }] });
    expect(decoded.input.messages).toEqual([
      { role: 'system', text: system },
      { role: 'user', content: [{ type: 'text', text: line }] },
    ]);
    expect(decoded.ignored).toEqual([]);
  });
});
