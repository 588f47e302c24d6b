import { expect, test } from 'vitest';
import { AnswerLimits } from './answer-limits.ts';
import { ToolCallJoiner } from './tool-call-joiner.ts';
import type { WireToolDelta } from './wire-answer.ts';

/** The calls that come out, put together again. */
function joined(...deltas: readonly WireToolDelta[]) {
  const joiner = new ToolCallJoiner('call_x', new AnswerLimits('The fake'));
  const calls: { id: string; name: string; arguments: string }[] = [];
  for (const delta of deltas) {
    const chunk = joiner.take(delta);
    if (chunk === undefined) continue;
    const call = (calls[chunk.index] ??= { id: '', name: '', arguments: '' });
    call.id += chunk.id ?? '';
    call.name += chunk.name ?? '';
    call.arguments += chunk.argumentsDelta;
  }
  return calls;
}

const piece = (text: string, index?: number): WireToolDelta => ({
  ...(index !== undefined && { index }),
  function: { arguments: text },
});

test('joins pieces by their index, also when calls take turns', () => {
  expect(
    joined(
      { index: 0, id: 'a', function: { name: 'one', arguments: '' } },
      { index: 1, id: 'b', function: { name: 'two', arguments: '' } },
      piece('{"x":', 0),
      piece('{}', 1),
      piece('1}', 0),
    ),
  ).toEqual([
    { id: 'a', name: 'one', arguments: '{"x":1}' },
    { id: 'b', name: 'two', arguments: '{}' },
  ]);
});

test('tells whole calls apart by their ids where every index is 0', () => {
  expect(
    joined(
      { index: 0, id: 'a', function: { name: 'one', arguments: '{}' } },
      { index: 0, id: 'b', function: { name: 'one', arguments: '{}' } },
    ).map((call) => call.id),
  ).toEqual(['a', 'b']);
});

test('gives ids to calls that have none, and tells them apart by their names', () => {
  expect(
    joined({ function: { name: 'one', arguments: '{' } }, piece('}'), {
      function: { name: 'two', arguments: '{}' },
    }),
  ).toEqual([
    { id: 'call_x0', name: 'one', arguments: '{}' },
    { id: 'call_x1', name: 'two', arguments: '{}' },
  ]);
});

test('loses no arguments whose index changes after the first piece', () => {
  expect(
    joined({ index: 3, id: 'a', function: { name: 'one', arguments: '' } }, piece('{"x":1}', 0)),
  ).toEqual([{ id: 'a', name: 'one', arguments: '{"x":1}' }]);
});

test('repeats neither id nor name when the server repeats them in every piece', () => {
  expect(
    joined(
      { index: 0, id: 'a', function: { name: 'one', arguments: '{' } },
      { index: 0, id: 'a', function: { name: 'one', arguments: '}' } },
    ),
  ).toEqual([{ id: 'a', name: 'one', arguments: '{}' }]);
});

test('holds arguments back until the name has come', () => {
  expect(
    joined(
      { index: 0, id: 'a', function: { arguments: '{' } },
      {
        index: 0,
        function: { name: 'one', arguments: '}' },
      },
    ),
  ).toEqual([{ id: 'a', name: 'one', arguments: '{}' }]);
});

test('takes arguments that were sent as an object', () => {
  expect(joined({ id: 'a', function: { name: 'one', arguments: { x: 1 } } })[0]?.arguments).toBe(
    '{"x":1}',
  );
});

const mebibyte = 'x'.repeat(1024 * 1024);

test('a server that sends arguments for ever and never a name is not listened to for ever', () => {
  const nameless = Array.from({ length: 8 }, () => piece(mebibyte, 0));
  expect(() => joined(...nameless)).toThrow(
    expect.objectContaining({
      code: 'unavailable',
      message: 'The fake sent more of a tool call than any answer holds; try again',
    }),
  );
});

test('arguments may be long once the call has its name', () => {
  const name = { index: 0, id: 'a', function: { name: 'one', arguments: '' } };
  const long = Array.from({ length: 8 }, () => piece(mebibyte, 0));
  expect(joined(name, ...long)[0]?.arguments).toHaveLength(8 * mebibyte.length);
});

test('calls whose names came late make room for the next ones', () => {
  const calls = Array.from({ length: 8 }, (_, index): WireToolDelta[] => [
    { index, id: `id-${String(index)}`, function: { arguments: mebibyte } },
    { index, function: { name: 'one' } },
  ]);
  expect(joined(...calls.flat())).toHaveLength(8);
});

test('a server that begins ever more calls is stopped', () => {
  const calls = Array.from({ length: 200 }, (_, index) => ({
    ...{ index, id: `id-${String(index)}` },
    function: { name: 'one', arguments: '{}' },
  }));
  expect(joined(...calls.slice(0, 128))).toHaveLength(128);
  expect(() => joined(...calls)).toThrow(
    'The fake sent more tool calls than any answer holds; try again',
  );
});
