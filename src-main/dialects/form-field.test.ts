import { describe, expect, test } from 'vitest';
import { isForm, readFormField, withFormField } from './form-field.ts';

const type = 'multipart/form-data; boundary=b0undary';
const bytesOf = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

function form(...parts: readonly (readonly [head: string, value: string])[]): string {
  const written = parts.map(([head, value]) => `--b0undary\r\n${head}\r\n\r\n${value}\r\n`);
  return `${written.join('')}--b0undary--\r\n`;
}

const named = (name: string, more = ''): string =>
  `Content-Disposition: form-data; name="${name}"${more}`;
const file = [
  `${named('file', '; filename="a.wav"')}\r\nContent-Type: audio/wav`,
  '\x00\xff--b0undar\r\n\r\nname="model"\r\n',
] as const;

describe('a field of a form', () => {
  test('is read, whatever stands around it', () => {
    const body = bytesOf(form(file, [named('model'), 'whisper-1'], [named('language'), 'de']));
    expect(readFormField(body, type, 'model')).toBe('whisper-1');
    expect(readFormField(body, 'Multipart/Form-Data; boundary="b0undary"', 'language')).toBe('de');
    expect(readFormField(body, type, 'prompt')).toBeUndefined();
  });

  test('is set, and every other byte stays as it was', () => {
    const body = bytesOf(form(file, [named('model'), 'alias'], [named('n'), '1']));
    const changed = withFormField(body, type, { name: 'model', value: 'gpt-4o-transcribe ä' });
    expect(Buffer.from(changed).toString('utf8')).toContain('\r\n\r\ngpt-4o-transcribe ä\r\n');
    const back = withFormField(changed, type, { name: 'model', value: 'alias' });
    expect(textOf(back)).toBe(textOf(body));
  });

  test.each([
    ['there twice', form([named('model'), 'a'], [named('model'), 'b'])],
    ['a file', form([named('model', '; filename="x"'), 'a'])],
    [
      'in another spelling of its name',
      form(["Content-Disposition: form-data; name*=UTF-8''model", 'a']),
    ],
    ['named twice in one part', form([`${named('x')}; name="model"`, 'a'])],
    ['in a part with two dispositions', form([`${named('x')}\r\n${named('model')}`, 'a'])],
    ['in a part without a name', form(['Content-Type: text/plain', 'a'])],
    ['in a folded header', form(['Content-Disposition: form-data;\r\n name="model"', 'a'])],
    ['in a form that is cut off', `--b0undary\r\n${named('model')}\r\n\r\nwhisper`],
    ['in no form at all', '{"model":"a"}'],
  ])('is refused when it is %s', (_what, body) => {
    expect(() => readFormField(bytesOf(body), type, 'model')).toThrow(
      expect.objectContaining({ code: 'invalid-request' }),
    );
  });

  test('is refused when nobody says what separates the fields', () => {
    const body = bytesOf(form([named('model'), 'a']));
    expect(() => readFormField(body, 'multipart/form-data', 'model')).toThrow(/separates/);
    expect(isForm('multipart/form-data')).toBe(true);
    expect(isForm('application/json; x=multipart/form-data')).toBe(false);
  });

  test('a form of very many fields is refused', () => {
    const parts = Array.from(
      { length: 300 },
      (_, index) => [named(`f${String(index)}`), 'x'] as const,
    );
    expect(() => readFormField(bytesOf(form(...parts)), type, 'model')).toThrow(/at most/);
  });
});
