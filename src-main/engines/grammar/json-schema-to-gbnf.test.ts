import { expect, test } from 'vitest';
import type { JsonSchema } from '../../core/inference.ts';
import { createAcceptor } from './gbnf-acceptor.ts';
import { compileJsonSchema } from './json-schema-to-gbnf.ts';
import { scalarCases } from './scalar-schema-cases.ts';
import { structureCases } from './structure-schema-cases.ts';

for (const { name, schema, valid, invalid } of [...scalarCases, ...structureCases]) {
  test(`admits exactly what fits: ${name}`, () => {
    const accepts = createAcceptor(compileJsonSchema(schema));
    for (const value of valid) {
      const [compact, spaced] = [JSON.stringify(value), JSON.stringify(value, null, 2)];
      expect(accepts(compact), compact).toBe(true);
      expect(accepts(spaced), spaced).toBe(true);
    }
    for (const value of invalid) {
      const text = JSON.stringify(value);
      expect(accepts(text), text).toBe(false);
    }
  });
}

test('admits no text that is not JSON', () => {
  const accepts = createAcceptor(compileJsonSchema({}));
  for (const text of [
    '',
    '{',
    '{"a":1,}',
    "'a'",
    '01',
    '1.',
    '"\n"',
    '[1 2]',
    'nul',
    '"\\ud800"',
  ]) {
    expect(accepts(text), text).toBe(false);
  }
});

test('limits white space, so that no answer can be blank for ever', () => {
  const accepts = createAcceptor(compileJsonSchema({ type: 'array', items: { type: 'integer' } }));
  expect(accepts('[\n  1,\n  2\n]')).toBe(true);
  expect(accepts('[  1]')).toBe(false);
  expect(accepts('[\n\n1]')).toBe(false);
});

test('allows a listed property only under its own schema, also by another spelling', () => {
  const schema = { properties: { ab: { type: 'integer' } }, additionalProperties: true };
  const accepts = createAcceptor(compileJsonSchema(schema));
  expect(accepts('{"a":"x","abc":"x","ab":1}')).toBe(false); // listed ones come first
  expect(accepts('{"ab":1,"a":"x","abc":"x"}')).toBe(true);
  expect(accepts('{"ab":"x"}')).toBe(false);
  expect(accepts('{"a\\u0062":"x"}')).toBe(false);
});

const refused: readonly (readonly [string, JsonSchema])[] = [
  ['not', { not: { type: 'string' } }],
  ['if', { if: { type: 'string' }, then: { minLength: 1 } }],
  ['patternProperties', { type: 'object', patternProperties: { '^a': {} } }],
  ['uniqueItems', { type: 'array', uniqueItems: true }],
  ['contains', { type: 'array', contains: { type: 'string' } }],
  ['multipleOf', { type: 'number', multipleOf: 0.5 }],
  ['dependentRequired', { type: 'object', dependentRequired: { a: ['b'] } }],
  ['pattern', { type: 'string', pattern: '^(?=a)b' }],
  ['pattern', { type: 'string', pattern: '(a)\\1' }],
  ['pattern', { type: 'string', pattern: '(' }],
  ['pattern', { type: 'string', pattern: '^a{5}$', maxLength: 3 }],
  ['$ref', { $ref: 'https://example.com/schema.json' }],
  ['$ref', { $ref: '#/$defs/gone' }],
  ['$ref', { $ref: '#' }],
  ['$ref', { $defs: { a: { anyOf: [{ $ref: '#/$defs/a' }] } }, $ref: '#/$defs/a' }],
  ['oneOf', { oneOf: [{ type: 'integer' }, { type: 'number' }] }],
  ['allOf', { allOf: [{ type: 'string' }, { type: 'integer' }] }],
  ['required', { properties: { a: false }, required: ['a'] }],
  ['minItems', { type: 'array', minItems: 3, maxItems: 2 }],
  ['minimum', { type: 'integer', minimum: 3, maximum: 2 }],
  ['type', { type: 'float' }],
  ['enum', { enum: [] }],
  ['minProperties', { properties: { a: {}, b: {} }, minProperties: 1 }],
  ['false', false],
];

for (const [keyword, schema] of refused) {
  test(`refuses by name: ${keyword} in ${JSON.stringify(schema)}`, () => {
    expect(() => compileJsonSchema(schema)).toThrow(
      expect.objectContaining({
        code: 'invalid-request',
        param: 'response_format',
        reason: 'unsupported_schema',
        message: expect.stringContaining(`'${keyword}'`) as string,
      }),
    );
  });
}

test('refuses such keywords deep inside too', () => {
  const schema = { properties: { a: { items: { anyOf: [{ type: 'string' }, { not: {} }] } } } };
  expect(() => compileJsonSchema(schema)).toThrow("keyword 'not'");
});

test('grows with the number of optional properties, not with its square', () => {
  const sizeOf = (count: number) => {
    const names = Array.from({ length: count }, (_, index) => `property${index}`);
    const properties = Object.fromEntries(names.map((name) => [name, { type: 'string' }]));
    return compileJsonSchema({ type: 'object', properties }).length;
  };
  expect(sizeOf(200) / sizeOf(100)).toBeLessThan(2.2);
});
