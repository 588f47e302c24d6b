import { describe, expect, test } from 'vitest';
import { readTextField, replaceTextField, withField } from './splice-json.ts';
import { promisedMs } from '../testing/patience.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array): string =>
  new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
const named = (body: string, model = 'other'): string =>
  textOf(withField(bytesOf(body), 'model', model));

describe('setting a field at the top level', () => {
  const cases: readonly (readonly [what: string, before: string, after: string])[] = [
    ['first', '{"model":"a","n":1}', '{"model":"other","n":1}'],
    ['last', '{"n":1,"model":"a"}', '{"n":1,"model":"other"}'],
    ['alone', '{"model":"a"}', '{"model":"other"}'],
    ['absent', '{"n":1}', '{"model":"other","n":1}'],
    ['absent from an empty object', '{ }', '{"model":"other" }'],
    [
      'with white space',
      ' {\n\t"model" :\r\n "a" , "n": 1 }\n',
      ' {\n\t"model" :\r\n "other" , "n": 1 }\n',
    ],
    ['behind a byte order mark', '\ufeff{"model":"a"}', '\ufeff{"model":"other"}'],
    ['of another type', '{"model":null,"n":[1]}', '{"model":"other","n":[1]}'],
    ['an object', '{"model":{"model":"}"},"n":1}', '{"model":"other","n":1}'],
    ['a number at the end', '{"model":12.5e3}', '{"model":"other"}'],
    ['with escapes in its name', '{"mod\\u0065l":"a"}', '{"mod\\u0065l":"other"}'],
    ['with escapes in its value', '{"model":"a\\\\\\"}","n":1}', '{"model":"other","n":1}'],
    [
      'behind quotes in a text',
      '{"t":"say \\"model\\":\\\\","model":"a"}',
      '{"t":"say \\"model\\":\\\\","model":"other"}',
    ],
    ['twice', '{"model":"a","n":1,"model":"b"}', '{"model":"other","n":1,"model":"other"}'],
  ];
  test.each(cases)('%s', (_what, before, after) => {
    expect(named(before)).toBe(after);
    const clean = before.replace('\ufeff', '');
    const changed: unknown = JSON.parse(after.replace('\ufeff', ''));
    expect(changed).toEqual({ ...(JSON.parse(clean) as object), model: 'other' });
  });

  test('fields of the same name further inside stay as they are', () => {
    const body = '{"tools":[{"model":"x"}],"a":{"model":"y"},"model":"z"}';
    expect(named(body)).toBe('{"tools":[{"model":"x"}],"a":{"model":"y"},"model":"other"}');
  });

  test('numbers, order and every other byte survive', () => {
    const rest = '"z":12345678901234567890,"a":1.0,"e":1E+2,"u":"\\u00e9é 漢\\/","d":-0';
    expect(named(`{${rest},"model":"漢字"}`)).toBe(`{${rest},"model":"other"}`);
  });

  test('a name with quotes and signs of other scripts is written as JSON', () => {
    expect(named('{"model":"a"}', 'x"\\漢')).toBe('{"model":"x\\"\\\\漢"}');
  });

  test('values of every kind can be set', () => {
    const body = withField(bytesOf('{"model":"a"}'), 'stream_options', { include_usage: true });
    expect(textOf(body)).toBe('{"stream_options":{"include_usage":true},"model":"a"}');
  });

  test.each([
    '',
    '[]',
    '"model"',
    '{"model"',
    '{"model":"a"',
    '{"model":}',
    '{"a":[1}',
    '{a:1}',
    '{"a":"\\"}',
  ])('what is no object is refused: %s', (body) => {
    expect(() => named(body)).toThrow('The body must be a JSON object');
  });

  test('a body of 8 MB with a million escaped quotes takes no more than a moment', () => {
    const body = bytesOf(`{"text":"${'\\"\\\\ab'.repeat(1_000_000)}","model":"a"}`);
    const startedAt = performance.now();
    const changed = withField(body, 'model', 'b');
    expect(performance.now() - startedAt).toBeLessThan(promisedMs(2000));
    expect(changed.length).toBe(body.length);
    expect(readTextField(changed, ['model'])).toBe('b');
  });
});

describe('reading and replacing by a path', () => {
  test('of two fields with one name the last is read, as JSON.parse does', () => {
    expect(readTextField('{"model":"a","model":"b"}', ['model'])).toBe('b');
  });

  test('a path leads into objects', () => {
    const event = '{"type":"message_start","message":{"id":"m","model":"up\\u002f1","usage":{}}}';
    expect(readTextField(event, ['message', 'model'])).toBe('up/1');
    expect(replaceTextField(event, ['message', 'model'], 'mine')).toBe(
      '{"type":"message_start","message":{"id":"m","model":"mine","usage":{}}}',
    );
  });

  test.each([
    ['{"message":"model"}', 'a text on the way'],
    ['{"message":{"model":5}}', 'no text at its end'],
    ['not json', 'no JSON'],
    ['{"message":{}}', 'nothing there'],
  ])('%s stays as it is: %s', (event) => {
    expect(replaceTextField(event, ['message', 'model'], 'mine')).toBe(event);
    expect(readTextField(event, ['message', 'model'])).toBeUndefined();
  });
});
