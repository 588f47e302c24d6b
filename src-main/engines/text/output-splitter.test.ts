import { expect, test } from 'vitest';
import { gather, inAnyCut, nothing, run, seeded, splitterFor } from './output-splitter.fixture.ts';
import type { Whole } from './output-splitter.fixture.ts';
import type { SplitterOptions } from './output-splitter.ts';

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
