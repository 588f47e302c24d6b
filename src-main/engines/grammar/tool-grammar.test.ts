import { expect, test } from 'vitest';
import type { ToolDefinition } from '../../core/inference.ts';
import { createAcceptor } from './gbnf-acceptor.ts';
import { toolCallGrammar, type ToolGrammarOptions } from './tool-grammar.ts';

const weather: ToolDefinition = {
  name: 'weather',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};
const clock: ToolDefinition = { name: 'clock' };

function acceptorOf(options: Partial<ToolGrammarOptions>): (text: string) => boolean {
  const grammar = toolCallGrammar({
    tools: [weather, clock],
    choice: 'required',
    parallel: true,
    format: 'hermes',
    reasoning: undefined,
    startsInReasoning: false,
    ...options,
  });
  if (grammar === undefined) throw new Error('no grammar');
  return createAcceptor(grammar.gbnf);
}

const call = '<tool_call>\n{"name": "weather", "arguments": {"city": "Bonn"}}\n</tool_call>';
const time = '<tool_call>\n{"name": "clock", "arguments": {}}\n</tool_call>';

test('requires a call whose arguments fit, and no other text', () => {
  const accepts = acceptorOf({});
  expect(accepts(call)).toBe(true);
  expect(accepts(time)).toBe(true);
  expect(accepts('Hello')).toBe(false);
  expect(accepts(call.replace('Bonn"', 'Bonn", "x": 1'))).toBe(false);
  expect(accepts(call.replace('weather', 'other'))).toBe(false);
});

test('allows several calls only in parallel', () => {
  expect(acceptorOf({})(`${call}\n${time}`)).toBe(true);
  expect(acceptorOf({ parallel: false })(`${call}\n${time}`)).toBe(false);
});

test('binds a named choice to one call of that tool', () => {
  const accepts = acceptorOf({ choice: { name: 'clock' } });
  expect(accepts(time)).toBe(true);
  expect(accepts(call)).toBe(false);
  expect(accepts(`${time}\n${time}`)).toBe(false);
});

test('lets a model that thinks finish its thought first', () => {
  const reasoning = { open: '<think>', close: '</think>' };
  const accepts = acceptorOf({ reasoning });
  expect(accepts(call)).toBe(true);
  expect(accepts(`<think>\nwell <</thin</think>\n\n${call}`)).toBe(true);
  expect(accepts(`<think>${call}`)).toBe(false);
  const inside = acceptorOf({ reasoning, startsInReasoning: true });
  expect(inside(`well</think>${call}`)).toBe(true);
  expect(inside(call)).toBe(false);
});

test('describes what follows the trigger when the model is free to choose', () => {
  const grammar = toolCallGrammar({
    tools: [weather],
    choice: 'auto',
    parallel: true,
    format: 'hermes',
    reasoning: undefined,
    startsInReasoning: false,
  });
  expect(grammar?.from).toEqual({ trigger: '<tool_call>' });
  const accepts = createAcceptor(grammar?.gbnf ?? '');
  expect(accepts(call.slice('<tool_call>'.length))).toBe(true);
  expect(accepts(`${call.slice('<tool_call>'.length)}\n${call}`)).toBe(true);
});

test('writes calls the way each family does', () => {
  const llama = '{"name": "weather", "parameters": {"city": "Bonn"}}';
  expect(acceptorOf({ format: 'llama3' })(`${llama}; ${llama}`)).toBe(true);
  const list = '{"name": "weather", "arguments": {"city": "Bonn"}}';
  expect(acceptorOf({ format: 'mistral' })(`[TOOL_CALLS][${list}, ${list}]`)).toBe(true);
  expect(acceptorOf({ format: 'json' })(list)).toBe(true);
});

test('makes no grammar where no call is possible, and names a tool that is missing', () => {
  const options = {
    parallel: true,
    format: 'hermes',
    reasoning: undefined,
    startsInReasoning: false,
  } as const;
  expect(toolCallGrammar({ ...options, tools: [weather], choice: 'none' })).toBeUndefined();
  expect(toolCallGrammar({ ...options, tools: [], choice: 'auto' })).toBeUndefined();
  const wrong = { code: 'invalid-request', param: 'tool_choice' };
  expect(() => toolCallGrammar({ ...options, tools: [], choice: 'required' })).toThrow(
    expect.objectContaining(wrong),
  );
  expect(() => toolCallGrammar({ ...options, tools: [clock], choice: { name: 'x' } })).toThrow(
    expect.objectContaining(wrong),
  );
});

test('refuses a strict tool that cannot be expressed; of others it leaves the keyword out', () => {
  const parameters = {
    type: 'object',
    properties: { tags: { type: 'array', items: { type: 'string' }, uniqueItems: true } },
  };
  const tool = { name: 'tag', parameters };
  expect(() => acceptorOf({ tools: [{ ...tool, strict: true }] })).toThrow(
    expect.objectContaining({ param: 'tools', reason: 'unsupported_schema' }),
  );
  const loose = acceptorOf({ tools: [tool] });
  expect(loose('<tool_call>{"name": "tag", "arguments": {"tags": ["a"]}}</tool_call>')).toBe(true);
  expect(loose('<tool_call>{"name": "tag", "arguments": {"tags": [1]}}</tool_call>')).toBe(false);
});
