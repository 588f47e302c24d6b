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

test('lists of values are held to what stands beside them, lists and objects too', () => {
  const schema = {
    enum: [[1], [1, 2, 3], { a: 1 }, { a: 'x' }, {}],
    maxItems: 2,
    properties: { a: { type: 'integer' } },
    required: ['a'],
  };
  const accepts = createAcceptor(compileJsonSchema(schema));
  const admitted = schema.enum.filter((value) => accepts(JSON.stringify(value)));
  expect(admitted).toEqual([[1], { a: 1 }]);
});

/** Schemas made to exhaust whoever compiles them or follows the grammar. */
const hostile: readonly (readonly [string, JsonSchema])[] = [
  ['a million values', { enum: Array.from({ length: 1_000_000 }, (_, index) => index) }],
  ['twenty thousand properties', { properties: manyProperties(20_000) }],
  ['three thousand optional properties', { properties: manyProperties(3_000) }],
  ['references that double with each level', doublingReferences(40)],
  [
    'alternatives that multiply',
    { allOf: Array.from({ length: 20 }, () => ({ anyOf: [{ minimum: 1 }, { maximum: 0 }] })) },
  ],
  [
    'five thousand alternatives of oneOf',
    { oneOf: Array.from({ length: 5_000 }, (_, index) => ({ const: index })) },
  ],
  ['a pattern of brackets', { pattern: `${'('.repeat(2_000)}a${')'.repeat(2_000)}` }],
  [
    'a pattern that counts in counts',
    { pattern: '^((((a{0,1000}b?){0,1000}c?){0,1000}d?){0,1000})$' },
  ],
  ['a pattern without end', { pattern: 'a'.repeat(20_000) }],
];

function manyProperties(count: number): Record<string, JsonSchema> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`property${String(index)}`, { type: 'string' }]),
  );
}

function doublingReferences(levels: number): JsonSchema {
  const level = (index: number): JsonSchema => {
    const next = { $ref: `#/$defs/level${String(index + 1)}` };
    return index === levels ? { type: 'string' } : { allOf: [next, next] };
  };
  const $defs = Object.fromEntries(
    Array.from({ length: levels + 1 }, (_, index) => [`level${String(index)}`, level(index)]),
  );
  return { $defs, $ref: '#/$defs/level0' };
}

for (const [what, schema] of hostile) {
  test(`refuses a schema with ${what}`, () => {
    expect(() => compileJsonSchema(schema)).toThrow(
      expect.objectContaining({ code: 'invalid-request', reason: 'unsupported_schema' }),
    );
  });
}

test('takes schemas as large as people write them', () => {
  const values = Array.from({ length: 500 }, (_, index) => `country ${String(index)}`);
  const properties = { ...manyProperties(300), country: { enum: values } };
  expect(compileJsonSchema({ type: 'object', properties })).toContain('country 499');
});
