import { expect, test } from 'vitest';
import { OutputSplitter, type SplitEvent, type SplitterOptions } from './output-splitter.ts';
import { newToolCallId } from './tool-formats.ts';

const think = { open: '<think>', close: '</think>' };

function splitterFor(options: Partial<SplitterOptions> = {}): OutputSplitter {
  let calls = 0;
  return new OutputSplitter({
    toolFormat: 'hermes',
    reasoning: think,
    startsInReasoning: false,
    mustCall: false,
    stop: [],
    newToolCallId: () => `call_${++calls}`,
    ...options,
  });
}

interface Call {
  id: string | undefined;
  name: string | undefined;
  arguments: string;
}

/** What a client has at the end, whatever the pieces were. */
interface Whole {
  text: string;
  reasoning: string;
  calls: Call[];
  stop: string | undefined;
  tokens: number[];
}

function gather(events: readonly SplitEvent[]): Whole {
  const whole: Whole = { text: '', reasoning: '', calls: [], stop: undefined, tokens: [] };
  for (const event of events) {
    if (event.type === 'stop') {
      whole.stop = event.sequence;
      continue;
    }
    whole.tokens.push(...event.tokens);
    if (event.type !== 'tool-call') {
      whole[event.type] += event.text;
      continue;
    }
    if (event.id !== undefined) {
      expect(event.index).toBe(whole.calls.length);
      whole.calls.push({ id: event.id, name: event.name, arguments: '' });
    }
    const call = whole.calls[event.index];
    if (call === undefined) throw new Error('a piece of a call that was never announced');
    call.arguments += event.argumentsDelta;
  }
  return whole;
}

/** Feeds the pieces, one id each, and checks that every id comes out once and in order. */
function run(pieces: readonly string[], options: Partial<SplitterOptions> = {}): Whole {
  const splitter = splitterFor(options);
  const events: SplitEvent[] = [];
  const fed: number[] = [];
  for (const [id, piece] of pieces.entries()) {
    fed.push(id);
    events.push(...splitter.feed(piece, [id]));
    if (events.at(-1)?.type === 'stop') break;
  }
  events.push(...splitter.flush('ended'));
  const whole = gather(events);
  expect(whole.tokens).toEqual(fed);
  expect(splitter.isHolding).toBe(false);
  return whole;
}

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function cutRandomly(text: string, random: () => number): string[] {
  const pieces: string[] = [];
  for (let at = 0; at < text.length;) {
    const length = Math.floor(random() * 6);
    pieces.push(text.slice(at, at + length));
    at += length;
  }
  return pieces;
}

/** The result must be the same in one piece, by single characters and in random pieces. */
function inAnyCut(output: string, options: Partial<SplitterOptions> = {}): Omit<Whole, 'tokens'> {
  const { tokens: _, ...whole } = run([output], options);
  const random = seeded(output.length + 7);
  const cuts = [
    Array.from(output),
    ...Array.from({ length: 30 }, () => cutRandomly(output, random)),
  ];
  for (const pieces of cuts) {
    const { tokens: __, ...same } = run(pieces, options);
    expect(same, JSON.stringify(pieces)).toEqual(whole);
  }
  return whole;
}

const nothing = { text: '', reasoning: '', calls: [], stop: undefined };

test('keeps plain text as it is', () => {
  expect(inAnyCut('Hello\n\nworld < 3\n')).toEqual({ ...nothing, text: 'Hello\n\nworld < 3\n' });
});

test('splits a thought from the answer and drops the newlines around the tags', () => {
  expect(inAnyCut('<think>\nHmm.\nYes.\n</think>\n\nForty-two.')).toEqual({
    ...nothing,
    reasoning: 'Hmm.\nYes.',
    text: 'Forty-two.',
  });
});

test('needs no newlines around the tags', () => {
  expect(inAnyCut('<think>Hmm</think>Yes')).toEqual({ ...nothing, reasoning: 'Hmm', text: 'Yes' });
});

test('begins inside the thought when the prompt has opened it', () => {
  const options = { startsInReasoning: true };
  expect(inAnyCut('Hmm\n</think>\nYes', options)).toMatchObject({ reasoning: 'Hmm', text: 'Yes' });
  expect(inAnyCut('<think>\nHmm</think>Yes', options)).toMatchObject({
    reasoning: 'Hmm',
    text: 'Yes',
  });
});

test('lets out no tag: neither an empty thought nor a stray end leaves a trace', () => {
  expect(inAnyCut('<think>\n\n</think>\n\nYes')).toEqual({ ...nothing, text: 'Yes' });
  expect(inAnyCut('No.</think>Yes')).toEqual({ ...nothing, text: 'No.Yes' });
});

test('delivers a tag that was never finished as text', () => {
  expect(inAnyCut('a <thin')).toEqual({ ...nothing, text: 'a <thin' });
  expect(inAnyCut('<think>b </thi')).toEqual({ ...nothing, reasoning: 'b </thi' });
});

test('hides the beginning of a tag where a limit cut the answer, and delivers its ids', () => {
  const atLimit = (output: string, options: Partial<SplitterOptions> = {}): Whole => {
    const splitter = splitterFor(options);
    const events = Array.from(output, (piece, id) => splitter.feed(piece, [id])).flat();
    const whole = gather([...events, ...splitter.flush('cut')]);
    expect(whole.tokens).toEqual(Array.from(output, (_, id) => id));
    return whole;
  };
  expect(atLimit('Well <tool')).toMatchObject({ text: 'Well ', calls: [] });
  expect(atLimit('Well\n<tool_call>\n{"na')).toMatchObject({ text: 'Well', calls: [] });
  expect(atLimit('a\n')).toMatchObject({ text: 'a\n' });
  expect(atLimit('a <b')).toMatchObject({ text: 'a <b' });
  expect(atLimit('<think>b </thi')).toMatchObject({ reasoning: 'b ', text: '' });
  const json = { toolFormat: 'json' } as const;
  expect(atLimit('{"na', json)).toMatchObject({ text: '{"na', calls: [] });
  expect(atLimit('{"na', { ...json, mustCall: true })).toMatchObject({ text: '', calls: [] });
  expect(atLimit('[{"name": "f", "arguments": {}}, {"na', json)).toMatchObject({
    text: '',
    calls: [{ name: 'f', arguments: '{}' }],
  });
});

test('leaves tags alone for a model that does not think', () => {
  const output = 'Write <think> here </think>.';
  expect(inAnyCut(output, { reasoning: undefined })).toEqual({ ...nothing, text: output });
});

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

test('ends at a stop string and lets out no part of it', () => {
  const stop = ['END', '\n\nUser:'];
  expect(inAnyCut('one EN two END three', { stop })).toEqual({
    ...nothing,
    text: 'one EN two ',
    stop: 'END',
  });
  expect(inAnyCut('a\n\nUser: b', { stop })).toEqual({ ...nothing, text: 'a', stop: '\n\nUser:' });
  expect(inAnyCut('a\n\nUse', { stop })).toEqual({ ...nothing, text: 'a\n\nUse' });
});

test('ends at the stop string that is complete first', () => {
  expect(inAnyCut('xabcd', { stop: ['abcd', 'bc'] })).toMatchObject({ text: 'xa', stop: 'bc' });
  expect(inAnyCut('xbcd', { stop: ['cd', 'bcd'] })).toMatchObject({ text: 'x', stop: 'bcd' });
});

test('looks for stop strings only in the answer', () => {
  const output =
    '<think>END</think>E<tool_call>{"name": "f", "arguments": {"a": "END"}}</tool_call>ND. END.';
  expect(inAnyCut(output, { stop: ['END'] })).toEqual({
    reasoning: 'END',
    text: 'END. ',
    calls: [{ id: 'call_1', name: 'f', arguments: '{"a": "END"}' }],
    stop: 'END',
  });
});

test('gives an id to the first event that delivers part of its text, a tag to the next', () => {
  const splitter = splitterFor();
  expect(splitter.feed('ab<th', [1])).toEqual([{ type: 'text', text: 'ab', tokens: [1] }]);
  expect(splitter.isHolding).toBe(true);
  expect(splitter.feed('ink>', [2])).toEqual([]);
  expect(splitter.feed('\n', [3])).toEqual([]);
  expect(splitter.feed('so', [4])).toEqual([{ type: 'reasoning', text: 'so', tokens: [2, 3, 4] }]);
  expect(splitter.feed('', [5])).toEqual([]);
  expect(splitter.feed('é', [6])).toEqual([{ type: 'reasoning', text: 'é', tokens: [5, 6] }]);
  expect(splitter.feed('</think>', [7])).toEqual([]);
  expect(splitter.flush('ended')).toEqual([{ type: 'text', text: '', tokens: [7] }]);
});

test('goes on behind any delivered prefix: a replay holds back exactly what was not delivered', () => {
  const output =
    '<think>\nsee <b>\n</think>\n\nWell,\n<tool_call>\n{"name": "f", "arguments": {"a": "b"}}\n</tool_call>\nbye END';
  const pieces = Array.from(output);
  const options = { stop: ['END'] };
  const expected = run(pieces, options);
  for (let cut = 0; cut < pieces.length; cut++) {
    const first = splitterFor(options);
    const delivered = pieces.slice(0, cut).flatMap((piece, id) => first.feed(piece, [id]));
    const seen = delivered.flatMap((event) => (event.type === 'stop' ? [] : event.tokens));
    const second = splitterFor(options);
    for (const id of seen) second.feed(pieces[id] ?? '', [id]);
    const rest = pieces
      .slice(seen.length)
      .flatMap((piece, index) => second.feed(piece, [seen.length + index]));
    const whole = gather([...delivered, ...rest, ...second.flush('ended')]);
    expect({ ...whole, tokens: [] }, `cut at ${cut}`).toEqual({ ...expected, tokens: [] });
  }
});

test('random mixtures of tags, calls and text give the same result in any cut', () => {
  const random = seeded(42);
  const parts = [
    '<think>',
    '</think>',
    '\n',
    '\n',
    'text ',
    '<',
    '</',
    '<tool_call>',
    '</tool_call>',
    '{"name": "f", ',
    '"arguments": {"a": 1}}',
    '}',
    '[TOOL_CALLS]',
    'f[ARGS]',
    '[',
    ']',
    ',',
    '🙂',
    'STOP',
    'ST',
    '<|python_tag|>',
    '{"name": "g", "parameters": {}}',
    ';',
    '"',
    '\\',
  ];
  const formats = ['hermes', 'llama3', 'mistral', 'json', undefined] as const;
  for (let round = 0; round < 400; round++) {
    const length = 1 + Math.floor(random() * 12);
    const output = Array.from(
      { length },
      () => parts[Math.floor(random() * parts.length)] ?? '',
    ).join('');
    const options = {
      toolFormat: formats[round % formats.length],
      startsInReasoning: round % 7 === 0,
      stop: round % 3 === 0 ? ['STOP'] : [],
    };
    const { text, reasoning } = inAnyCut(output, options);
    expect(text + reasoning).not.toMatch(/<\/?think>/);
  }
});

test('makes ids that differ and that clients accept', () => {
  const ids = Array.from({ length: 500 }, newToolCallId);
  expect(new Set(ids).size).toBe(500);
  for (const id of ids) expect(id).toMatch(/^call_[A-Za-z0-9]{24}$/);
});
