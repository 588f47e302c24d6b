import { expect, test } from 'vitest';
import { inAnyCut, nothing, splitterFor } from './output-splitter.fixture.ts';
import { newToolCallId } from './tool-formats.ts';

test('reads calls with their names, arguments and ids', () => {
  const output =
    'Let me look.\n<tool_call>\n{"name": "weather", "arguments": {"city": "K\\"{ln", "days": [1, 2]}}\n</tool_call>\n' +
    '<tool_call>\n{"name": "clock", "arguments": {}}\n</tool_call>';
  expect(inAnyCut(output)).toEqual({
    ...nothing,
    text: 'Let me look.',
    calls: [
      { id: 'call_1', name: 'weather', arguments: '{"city": "K\\"{ln", "days": [1, 2]}' },
      { id: 'call_2', name: 'clock', arguments: '{}' },
    ],
  });
});

test('streams the arguments while they are written', () => {
  const splitter = splitterFor();
  const pieces = [
    '<tool_call>{"name":',
    '"w"',
    ',"arguments":{"ci',
    'ty":"Ber',
    'lin"}}',
    '</tool_call>',
  ];
  const events = pieces.map((piece, id) => splitter.feed(piece, [id]));
  expect(events).toEqual([
    [],
    [{ type: 'tool-call', index: 0, id: 'call_1', name: 'w', argumentsDelta: '', tokens: [0, 1] }],
    [{ type: 'tool-call', index: 0, argumentsDelta: '{"ci', tokens: [2] }],
    [{ type: 'tool-call', index: 0, argumentsDelta: 'ty":"Ber', tokens: [3] }],
    [{ type: 'tool-call', index: 0, argumentsDelta: 'lin"}', tokens: [4] }],
    [],
  ]);
  expect(splitter.channel).toBe('text');
  expect(splitter.toolCallCount).toBe(1);
  expect(splitter.flush('ended')).toEqual([{ type: 'text', text: '', tokens: [5] }]);
});

test('accepts fields in any order, unknown fields, and no arguments', () => {
  const output =
    '<tool_call>{"id": 7, "arguments": {"a": 1}, "x": "}", "name": "f"}</tool_call><tool_call>{"name": "g"}</tool_call>';
  expect(inAnyCut(output).calls).toEqual([
    { id: 'call_1', name: 'f', arguments: '{"a": 1}' },
    { id: 'call_2', name: 'g', arguments: '{}' },
  ]);
});

test('unpacks arguments that were written as a string or null', () => {
  const output =
    '<tool_call>{"name": "f", "arguments": "{\\"a\\": \\"b\\"}"}</tool_call><tool_call>{"name": "g", "arguments": null}</tool_call>';
  expect(inAnyCut(output).calls.map((call) => call.arguments)).toEqual(['{"a": "b"}', '{}']);
});

test('shows malformed calls as the text they are', () => {
  for (const output of [
    '<tool_call>\nnot json\n</tool_call>',
    'So:\n<tool_call>{"name": 5}</tool_call>',
    '<tool_call>{"arguments": {}}</tool_call> done',
    '<tool_call>[1]</tool_call>',
    '<tool_call>{"na',
  ]) {
    expect(inAnyCut(output), output).toEqual({ ...nothing, text: output });
  }
});

test('finds a good call behind a malformed one', () => {
  const output = '<tool_call>oops<tool_call>{"name": "f", "arguments": {}}</tool_call>';
  expect(inAnyCut(output)).toMatchObject({
    text: '<tool_call>oops',
    calls: [{ name: 'f', arguments: '{}' }],
  });
});

test('keeps what was announced when the output ends inside a call', () => {
  const whole = inAnyCut('<tool_call>{"name": "f", "arguments": {"a": "b');
  expect(whole).toEqual({
    ...nothing,
    calls: [{ id: 'call_1', name: 'f', arguments: '{"a": "b' }],
  });
});

test('parses no call inside a thought', () => {
  const output = '<think>I could <tool_call>{"name": "f"}</tool_call></think>No.';
  expect(inAnyCut(output)).toEqual({
    ...nothing,
    reasoning: 'I could <tool_call>{"name": "f"}</tool_call>',
    text: 'No.',
  });
});

test('reads the bare calls of Llama 3, one or several, with or without its tag', () => {
  const options = { toolFormat: 'llama3' } as const;
  const call = '{"name": "f", "parameters": {"a": 1}}';
  expect(inAnyCut(`\n${call}`, options)).toMatchObject({ text: '', calls: [{ name: 'f' }] });
  expect(inAnyCut(`${call}; ${call}`, options).calls).toHaveLength(2);
  expect(inAnyCut(`<|python_tag|>{"type": "function", ${call.slice(1)}`, options)).toMatchObject({
    text: '',
    calls: [{ name: 'f', arguments: '{"a": 1}' }],
  });
});

test('does not take an answer in JSON for a call', () => {
  for (const toolFormat of ['llama3', 'json'] as const) {
    for (const output of [
      '{"city": "Bonn"}',
      ' [1, 2]',
      'So: {"name": "f"}',
      '{"name": "f", "age": 3}',
      '{"name": "f"}',
    ]) {
      expect(inAnyCut(output, { toolFormat }), output).toEqual({ ...nothing, text: output });
    }
  }
});

test('reads the calls of Mistral, as a list and one by one', () => {
  const options = { toolFormat: 'mistral' } as const;
  const list =
    '[TOOL_CALLS][{"name": "f", "arguments": {"a": [1]}}, {"name": "g", "arguments": {}, "id": "123456789"}]';
  const expected = [
    { id: 'call_1', name: 'f', arguments: '{"a": [1]}' },
    { id: 'call_2', name: 'g', arguments: '{}' },
  ];
  expect(inAnyCut(list, options)).toEqual({ ...nothing, calls: expected });
  const single = '[TOOL_CALLS]f[ARGS]{"a": [1]}[TOOL_CALLS]g[ARGS]{}';
  expect(inAnyCut(single, options)).toEqual({ ...nothing, calls: expected });
});

test('reads a bare list of calls', () => {
  const output = '[{"name": "f", "arguments": {}}, {"name": "g", "arguments": {}}]';
  expect(inAnyCut(output, { toolFormat: 'json' }).calls).toHaveLength(2);
});

test('offers no calls when the format is undefined', () => {
  const output = '<tool_call>{"name": "f", "arguments": {}}</tool_call>';
  expect(inAnyCut(output, { toolFormat: undefined })).toEqual({ ...nothing, text: output });
});

test('makes ids that differ and that clients accept', () => {
  const ids = Array.from({ length: 500 }, newToolCallId);
  expect(new Set(ids).size).toBe(500);
  for (const id of ids) expect(id).toMatch(/^call_[A-Za-z0-9]{24}$/);
});
