import { expect, test } from 'vitest';
import { TopLevelFields } from './top-level-fields.ts';

const of = (text: string): TopLevelFields => new TopLevelFields(new TextEncoder().encode(text));
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

test('finds what stands at the top level alone', () => {
  const fields = of(
    '{"a": {"model":"inner"}, "t":"\\"model\\":\\"x\\\\", "model" : "outer" ,"n":[1,{"model":2}],"e":1e3}',
  );
  expect(fields.read('model')).toBe('outer');
  expect(fields.read('a')).toEqual({ model: 'inner' });
  expect(fields.read('t')).toBe('"model":"x\\');
  expect(fields.read('e')).toBe(1000);
  expect(fields.has('none')).toBe(false);
  expect(of('{"m\\u006fdel":"escaped"}').read('model')).toBe('escaped');
});

test('changes fields where they stand, adds what is not there, and leaves every other byte', () => {
  const body = '{ "big":12345678901234567890 ,\n"model":"a","x":"池塘","model":"b" }';
  const changed = of(body).with({ model: 'c', stream: true });
  expect(textOf(changed)).toBe(
    '{"stream":true, "big":12345678901234567890 ,\n"model":"c","x":"池塘","model":"c" }',
  );
  expect(textOf(of('{}').with({ a: 1 }))).toBe('{"a":1}');
  expect(textOf(of('\ufeff {"a":1}').with({ a: 2 }))).toBe(' {"a":2}');
});

test.each([
  '',
  '[]',
  '"x"',
  '{',
  '{"a"',
  '{"a":',
  '{"a":"x',
  '{"a":[1}',
  '{"a":1',
  '{"a":1 "b":2}',
  '{a:1}',
  '{"a":}',
])('is told of what is no whole object: %s', (text) => {
  expect(() => of(text).with({ model: 'm' })).toThrow('The body must be a JSON object');
});
