import { fileURLToPath } from 'node:url';
import { readGgufFileInfo } from 'node-llama-cpp';
import { expect, test } from 'vitest';
import type { ChatMessage, ToolDefinition } from '../../core/inference.ts';
import { MillpondError } from '../../core/error.ts';
import { type ChatToRender, createChatTemplate, type ChatTemplate } from './chat-template.ts';

// Short re-creations that keep what is particular about each family.
const qwen3 = `{%- if tools %}{{- '<|im_start|>system\\n' }}{%- if messages[0].role == 'system' %}{{- messages[0].content + '\\n\\n' }}{%- endif %}{{- "# Tools\\n<tools>" }}{%- for tool in tools %}{{- "\\n" }}{{- tool | tojson }}{%- endfor %}{{- "\\n</tools>\\nAnswer with <tool_call></tool_call><|im_end|>\\n" }}{%- elif messages[0].role == 'system' %}{{- '<|im_start|>system\\n' + messages[0].content + '<|im_end|>\\n' }}{%- endif %}
{%- set ns = namespace(is_open=true, last_query_index=messages|length - 1) %}{%- for message in messages[::-1] %}{%- set index = (messages|length - 1) - loop.index0 %}{%- if ns.is_open and message.role == "user" %}{%- set ns.is_open = false %}{%- set ns.last_query_index = index %}{%- endif %}{%- endfor %}
{%- for message in messages %}{%- if message.role == 'user' or (message.role == 'system' and not loop.first) %}{{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>' + '\\n' }}{%- elif message.role == 'assistant' %}{{- '<|im_start|>assistant' }}{%- if message.reasoning_content is string and loop.index0 > ns.last_query_index %}{{- '\\n<think>\\n' + message.reasoning_content.strip('\\n') + '\\n</think>\\n' }}{%- endif %}{{- '\\n' + message.content }}{%- if message.tool_calls %}{%- for tool_call in message.tool_calls %}{%- set f = tool_call.function %}{{- '\\n<tool_call>\\n{"name": "' + f.name + '", "arguments": ' }}{%- if f.arguments is string %}{{- f.arguments }}{%- else %}{{- f.arguments | tojson }}{%- endif %}{{- '}\\n</tool_call>' }}{%- endfor %}{%- endif %}{{- '<|im_end|>\\n' }}{%- elif message.role == 'tool' %}{{- '<|im_start|>user\\n<tool_response>\\n' + message.content + '\\n</tool_response><|im_end|>\\n' }}{%- endif %}{%- endfor %}
{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{%- if enable_thinking is defined and enable_thinking is false %}{{- '<think>\\n\\n</think>\\n\\n' }}{%- endif %}{%- endif %}`;

const llama3 = `{{- bos_token }}{%- if messages[0]['role'] == 'system' %}{%- set system_message = messages[0]['content']|trim %}{%- set messages = messages[1:] %}{%- else %}{%- set system_message = "" %}{%- endif %}{{- "<|start_header_id|>system<|end_header_id|>\\n\\n" }}{%- if tools is defined and tools is not none %}{{- "Environment: ipython\\n" }}{%- for t in tools %}{{- t | tojson(indent=4) }}{%- endfor %}{%- endif %}{{- system_message }}{{- "<|eot_id|>" }}{%- for message in messages %}{%- if 'tool_calls' in message %}{%- if not message.tool_calls|length == 1 %}{{- raise_exception("This model only supports single tool-calls at once!") }}{%- endif %}{%- set tool_call = message.tool_calls[0].function %}{{- '<|start_header_id|>assistant<|end_header_id|>\\n\\n{"name": "' + tool_call.name + '", "parameters": ' }}{{- tool_call.arguments | tojson }}{{- "}<|eot_id|>" }}{%- elif message.role == "tool" or message.role == "ipython" %}{{- "<|start_header_id|>ipython<|end_header_id|>\\n\\n" + message.content + "<|eot_id|>" }}{%- else %}{{- '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n' + message['content'] | trim + '<|eot_id|>' }}{%- endif %}{%- endfor %}{%- if add_generation_prompt %}{{- '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}{%- endif %}`;

const mistral = `{%- if messages[0]["role"] == "system" %}{%- set system_message = messages[0]["content"] %}{%- set loop_messages = messages[1:] %}{%- else %}{%- set loop_messages = messages %}{%- endif %}{{- bos_token }}{%- set ns = namespace(index=0) %}{%- for message in loop_messages %}{%- if not (message.role == "tool" or (message.tool_calls is defined and message.tool_calls is not none)) %}{%- if (message["role"] == "user") != (ns.index % 2 == 0) %}{{- raise_exception("After the optional system message, conversation roles must alternate user/assistant/user/assistant/...") }}{%- endif %}{%- set ns.index = ns.index + 1 %}{%- endif %}{%- endfor %}{%- for message in loop_messages %}{%- if message["role"] == "user" %}{%- if tools is defined and loop.last %}{{- "[AVAILABLE_TOOLS]" + (tools | tojson) + "[/AVAILABLE_TOOLS]" }}{%- endif %}{%- if loop.last and system_message is defined %}{{- "[INST]" + system_message + "\\n\\n" + message["content"] + "[/INST]" }}{%- else %}{{- "[INST]" + message["content"] + "[/INST]" }}{%- endif %}{%- elif message.tool_calls is defined and message.tool_calls is not none %}{{- "[TOOL_CALLS][" }}{%- for tool_call in message.tool_calls %}{{- tool_call.function|tojson }}{%- endfor %}{{- "]" + eos_token }}{%- elif message["role"] == "assistant" %}{{- " " + message["content"] + eos_token }}{%- elif message["role"] == "tool" %}{{- "[TOOL_RESULTS]" + message.content + "[/TOOL_RESULTS]" }}{%- endif %}{%- endfor %}`;

const gemma = `{{ bos_token }}{% if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}{% for message in messages %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('Conversation roles must alternate user/assistant/user/assistant/...') }}{% endif %}{% if (message['role'] == 'assistant') %}{% set role = 'model' %}{% else %}{% set role = message['role'] %}{% endif %}{{ '<start_of_turn>' + role + '\\n' + message['content'] | trim + '<end_of_turn>\\n' }}{% endfor %}{% if add_generation_prompt %}{{'<start_of_turn>model\\n'}}{% endif %}`;

const deepSeekR1 = `{{bos_token}}{% for message in messages %}{% if message['role'] == 'system' %}{{ message['content'] }}{% endif %}{% endfor %}{% for message in messages %}{% if message['role'] == 'user' %}{{'<｜User｜>' + message['content']}}{% endif %}{% if message['role'] == 'assistant' %}{% set content = message['content'] %}{% if '</think>' in content %}{% set content = content.split('</think>')[-1] %}{% endif %}{{'<｜Assistant｜>' + content + eos_token}}{% endif %}{% endfor %}{% if add_generation_prompt %}{{'<｜Assistant｜><think>\\n'}}{% endif %}`;

function templateOf(template: string | undefined): ChatTemplate {
  return createChatTemplate({ template, bosToken: '<s>', eosToken: '</s>' });
}

const system: ChatMessage = { role: 'system', text: 'Be brief.' };
const ask = (text: string): ChatMessage => ({ role: 'user', content: [{ type: 'text', text }] });
const answer = (text: string, reasoning?: string): ChatMessage => ({
  role: 'assistant',
  text,
  ...(reasoning !== undefined && { reasoning }),
});
const weather: ToolDefinition = {
  name: 'weather',
  description: 'Tells the weather',
  parameters: { type: 'object', properties: { city: { type: 'string' } } },
};
const toolTurn: readonly ChatMessage[] = [
  ask('Rain?'),
  {
    role: 'assistant',
    text: '',
    toolCalls: [{ id: 'call_1', name: 'weather', arguments: '{"city":"Bonn"}' }],
  },
  { role: 'tool', toolCallId: 'call_1', text: 'sunny' },
];

function textOf(
  template: string | undefined,
  messages: readonly ChatMessage[],
  more: Partial<ChatToRender> = {},
): string {
  const chat = {
    messages,
    tools: [],
    reasoning: 'auto',
    addGenerationPrompt: true,
    ...more,
  } as const;
  return templateOf(template).render(chat).text;
}

test('renders the bundled model like its own template, and ChatML without any', async () => {
  const path = fileURLToPath(
    new URL('../../../resources/models/guide/guide-q8_0.gguf', import.meta.url),
  );
  const { metadata } = await readGgufFileInfo(path);
  const messages = [system, ask('Hi'), answer('Hello'), ask('Bye')];
  const expected =
    '<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\nHello<|im_end|>\n<|im_start|>user\nBye<|im_end|>\n<|im_start|>assistant\n';
  expect(textOf(metadata.tokenizer.chat_template, messages)).toBe(expected);
  expect(textOf(undefined, messages)).toBe(expected);
  expect(textOf(undefined, messages, { addGenerationPrompt: false })).toBe(
    expected.slice(0, -'<|im_start|>assistant\n'.length),
  );
});

test('joins the text parts of a user message and refuses images by name', () => {
  const parts = {
    role: 'user',
    content: [
      { type: 'text', text: 'a' },
      { type: 'text', text: 'b' },
    ],
  } as const;
  expect(textOf(undefined, [parts])).toContain('user\na\nb<|im_end|>');
  const image = { role: 'user', content: [{ type: 'image', url: 'data:' }] } as const;
  expect(() => textOf(undefined, [image])).toThrow(
    expect.objectContaining({
      code: 'unsupported-capability',
      message: expect.stringContaining('vision') as string,
    }),
  );
});

test('knows how each family writes calls and thoughts', () => {
  const facts = [undefined, qwen3, llama3, mistral, gemma, deepSeekR1]
    .map(templateOf)
    .map(({ toolFormat, reasoning }) => [toolFormat, reasoning?.open]);
  expect(facts).toEqual([
    ['hermes', undefined],
    ['hermes', '<think>'],
    ['llama3', undefined],
    ['mistral', undefined],
    ['hermes', undefined],
    ['hermes', '<think>'],
  ]);
  const hinted = createChatTemplate({
    template: undefined,
    bosToken: '',
    eosToken: '',
    specialTokens: ['<think>', '</think>'],
  });
  expect(hinted.reasoning).toEqual({ open: '<think>', close: '</think>' });
});

test('gives tools and calls to templates that show them, with arguments as objects', () => {
  const tools = [weather];
  expect(textOf(qwen3, [system, ...toolTurn], { tools })).toContain(
    '<tool_call>\n{"name": "weather", "arguments": {"city": "Bonn"}}\n</tool_call><|im_end|>\n<|im_start|>user\n<tool_response>\nsunny',
  );
  expect(textOf(qwen3, [ask('Rain?')], { tools })).toContain(
    '{"type": "function", "function": {"name": "weather", "description": "Tells the weather"',
  );
  expect(textOf(llama3, toolTurn, { tools })).toContain(
    '{"name": "weather", "parameters": {"city": "Bonn"}}<|eot_id|><|start_header_id|>ipython<|end_header_id|>\n\nsunny',
  );
  const conversation = textOf(mistral, toolTurn, { tools });
  expect(conversation).toContain(
    '[TOOL_CALLS][{"name": "weather", "arguments": {"city": "Bonn"}}]</s>',
  );
  expect(conversation).toContain('[TOOL_RESULTS]sunny[/TOOL_RESULTS]');
});

test('explains tools in plain words to templates that know none', () => {
  const prompt = textOf(gemma, [system, ...toolTurn], { tools: [weather] });
  expect(prompt).toContain('<tools>\n{"type":"function","function":{"name":"weather"');
  expect(prompt).toContain('</tool_call>\n\nBe brief.\n\nRain?<end_of_turn>');
  expect(prompt).toContain(
    '<start_of_turn>model\n<tool_call>\n{"name": "weather", "arguments": {"city":"Bonn"}}\n</tool_call><end_of_turn>',
  );
  expect(prompt).toContain(
    '<start_of_turn>user\n<tool_response>\nsunny\n</tool_response><end_of_turn>',
  );
});

test('folds the system text into the first user message where the role is unknown', () => {
  expect(textOf(gemma, [system, ask('Hi')])).toBe(
    '<s><start_of_turn>user\nBe brief.\n\nHi<end_of_turn>\n<start_of_turn>model\n',
  );
});

test('merges turns for templates that insist on alternation', () => {
  expect(textOf(mistral, [system, ask('a'), ask('b')])).toBe('<s>[INST]Be brief.\n\na\n\nb[/INST]');
  expect(textOf(gemma, [answer('Welcome'), ask('Hi')])).toBe(
    '<s><start_of_turn>user\n<end_of_turn>\n<start_of_turn>model\nWelcome<end_of_turn>\n<start_of_turn>user\nHi<end_of_turn>\n<start_of_turn>model\n',
  );
});

test('does not touch the turns of a template that takes them as they are', () => {
  expect(textOf(undefined, [ask('a'), ask('b')])).toContain(
    'user\na<|im_end|>\n<|im_start|>user\nb',
  );
});

test('passes on the sentence with which a template refuses', () => {
  const call = { id: 'c', name: 'f', arguments: '{}' };
  const two: ChatMessage = { role: 'assistant', text: '', toolCalls: [call, { ...call, id: 'd' }] };
  expect(() => textOf(llama3, [ask('Hi'), two])).toThrow(
    expect.objectContaining({
      code: 'invalid-request',
      param: 'messages',
      message: expect.stringContaining('only supports single tool-calls at once') as string,
    }),
  );
});

test('says so when the template itself cannot be read', () => {
  expect(() => templateOf('{% for %}')).toThrow(MillpondError);
  expect(() => templateOf('{% for %}')).toThrow(/chat template cannot be read/);
});

test('brings an earlier thought back: through the template, or inline where it has no place for it', () => {
  const turn = [ask('2+2?'), answer('4', 'two and two'), ask('Sure?')];
  expect(textOf(undefined, turn)).toContain(
    'assistant\n<think>\ntwo and two\n</think>\n\n4<|im_end|>',
  );
  const running = [ask('Rain?'), { ...toolTurn[1], reasoning: 'I must look' } as ChatMessage];
  expect(textOf(qwen3, running)).toContain('<think>\nI must look\n</think>');
  // Dropping the thoughts of earlier turns is these templates' own decision.
  expect(textOf(qwen3, turn)).not.toContain('two and two');
  expect(textOf(deepSeekR1, turn)).not.toContain('two and two');
});

test('turns thinking off by the switch of the template, or by a thought that is already over', () => {
  const chat = { messages: [ask('Hi')], tools: [], addGenerationPrompt: true } as const;
  const endOf = (template: string | undefined, reasoning: ChatToRender['reasoning']) => {
    const { text, startsInReasoning } = templateOf(template).render({ ...chat, reasoning });
    return [text.slice(-34), startsInReasoning];
  };
  expect(endOf(qwen3, 'off')).toEqual([
    expect.stringMatching(/assistant\n<think>\n\n<\/think>\n\n$/),
    false,
  ]);
  expect(endOf(qwen3, 'auto')[0]).toMatch(/assistant\n$/);
  expect(endOf(deepSeekR1, 'auto')).toEqual([expect.stringMatching(/<think>\n$/), true]);
  expect(endOf(deepSeekR1, 'on')[1]).toBe(true);
  expect(endOf(deepSeekR1, 'off')).toEqual([
    expect.stringMatching(/<think>\n\n<\/think>\n\n$/),
    false,
  ]);
  expect(endOf(undefined, 'off')[0]).toMatch(/assistant\n$/);
});
