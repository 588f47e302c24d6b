import type { JsonSchema } from '../../core/inference.ts';

export interface SchemaCase {
  readonly name: string;
  readonly schema: JsonSchema;
  readonly valid: readonly unknown[];
  readonly invalid: readonly unknown[];
}

/** Schemas of single values for tests, each with documents that fit and documents that don't. */
export const scalarCases: readonly SchemaCase[] = [
  {
    name: 'anything',
    schema: {},
    valid: [1, 'a"b\\', null, [], {}, { a: [{ b: 1.5e3 }] }, '🙂'],
    invalid: [],
  },
  { name: 'any object', schema: { type: 'object' }, valid: [{}, { a: 1 }], invalid: [[], 1] },
  {
    name: 'a boolean or null',
    schema: { type: ['boolean', 'null'] },
    valid: [true, null],
    invalid: [0, 'true'],
  },
  {
    name: 'nullable text',
    schema: { type: 'string', nullable: true },
    valid: ['a', null],
    invalid: [1],
  },
  {
    name: 'values of an enum',
    schema: { enum: ['a', 1, null, { b: [] }] },
    valid: ['a', 1, null],
    invalid: ['b', 2],
  },
  { name: 'one constant', schema: { const: 'x"y' }, valid: ['x"y'], invalid: ['x'] },
  {
    name: 'an enum bound by its type',
    schema: { type: 'string', enum: ['a', 1] },
    valid: ['a'],
    invalid: [1],
  },
  {
    name: 'numbers of an enum within bounds',
    schema: { enum: [1, 5, 7, 9.5, 10], minimum: 2, exclusiveMaximum: 10, multipleOf: 0.5 },
    valid: [5, 7, 9.5],
    invalid: [1, 10],
  },
  {
    name: 'text of an enum within its other bounds',
    schema: {
      enum: ['a', 'ab', 'AB', 'abcd', '🙂🙂'],
      minLength: 2,
      maxLength: 3,
      pattern: '^[^A-Z]+$',
    },
    valid: ['ab', '🙂🙂'],
    invalid: ['a', 'AB', 'abcd'],
  },
  {
    name: 'dates of an enum',
    schema: { enum: ['2024-02-29', '2023-02-29', 'soon'], format: 'date' },
    valid: ['2024-02-29'],
    invalid: ['2023-02-29', 'soon'],
  },
  {
    name: 'a number that its type refuses',
    schema: { type: 'integer', enum: [1, 1.5, '1'] },
    valid: [1],
    invalid: [1.5, '1'],
  },
  {
    name: 'integers within bounds',
    schema: { type: 'integer', minimum: -12, maximum: 1305 },
    valid: [-12, -9, -1, 0, 7, 99, 100, 999, 1000, 1299, 1305],
    invalid: [-13, -20, 1306, 1400, 2000, 10000, 1.5],
  },
  {
    name: 'integers above an exclusive bound',
    schema: { type: 'integer', exclusiveMinimum: 17 },
    valid: [18, 20, 99, 100, 123456],
    invalid: [17, 3, -20],
  },
  {
    name: 'integers below a bound',
    schema: { type: 'integer', maximum: -105 },
    valid: [-105, -110, -999, -1000],
    invalid: [-104, -99, 0, 105],
  },
  {
    name: 'numbers within bounds',
    schema: { type: 'number', minimum: -1.25, exclusiveMaximum: 3.5 },
    valid: [-1.25, -1.2, -1, -0.5, 0, 1, 2.999, 3, 3.49, 3.4999],
    invalid: [-1.26, -1.3, -2, 3.5, 3.6, 4, 10],
  },
  {
    name: 'numbers between 0 and 1',
    schema: { type: 'number', exclusiveMinimum: 0, maximum: 1 },
    valid: [0.001, 0.5, 1],
    invalid: [0, -0.1, 1.01, 2],
  },
  {
    name: 'numbers without an upper bound',
    schema: { type: 'number', minimum: 9.75 },
    valid: [9.75, 9.8, 10, 12.5, 100.1],
    invalid: [9.74, 9, 1.5, -10],
  },
  {
    name: 'text of bounded length',
    schema: { type: 'string', minLength: 2, maxLength: 4 },
    valid: ['ab', 'a"🙂d'],
    invalid: ['a', 'abcde'],
  },
  {
    name: 'an anchored pattern',
    schema: { type: 'string', pattern: '^[A-Z]{2}-\\d{3,5}(?:"x"|\\\\)?$' },
    valid: ['AB-123', 'AB-12345', 'AB-123"x"', 'AB-123\\'],
    invalid: ['AB-12', 'ab-123', 'AB-123456', 'AB-123x'],
  },
  {
    name: 'an open pattern',
    schema: { type: 'string', pattern: 'a+b' },
    valid: ['ab', 'xaaby'],
    invalid: ['a', 'ba'],
  },
  {
    name: 'a pattern of nothing but repeats',
    schema: { type: 'string', pattern: '^(a*b?)*$' },
    valid: ['', 'aab', 'bb'],
    invalid: ['c'],
  },
  {
    name: 'a pattern that can be read in many ways',
    schema: { type: 'string', pattern: '^(([a-z]+)+-?)+$', maxLength: 20 },
    valid: ['abc', 'a-b-c', 'a-'],
    invalid: ['', '-a', 'a--b', 'A'],
  },
  {
    name: 'such a pattern with a length',
    schema: { type: 'string', pattern: '^(a?b?)*c$', minLength: 2, maxLength: 3 },
    valid: ['ac', 'abc', 'bac', 'bbc'],
    invalid: ['c', 'ab', 'abac', 'bbbb'],
  },
  {
    name: 'a pattern of optional characters',
    schema: { type: 'string', pattern: `^${'[a-z]?'.repeat(40)}$` },
    valid: ['', 'a', 'a'.repeat(40)],
    invalid: ['a'.repeat(41), 'A'],
  },
  {
    name: 'a pattern with a length',
    schema: { type: 'string', pattern: '^[a-z]+$', minLength: 2, maxLength: 3 },
    valid: ['ab', 'abc'],
    invalid: ['a', 'abcd', 'AB'],
  },
  {
    name: 'dates',
    schema: { type: 'string', format: 'date' },
    valid: ['2024-02-29', '1999-12-31'],
    invalid: ['2023-02-29', '2024-13-01', '2024-04-31'],
  },
  {
    name: 'times of day',
    schema: { type: 'string', format: 'date-time' },
    valid: ['2024-05-06T07:08:09Z', '2024-05-06T07:08:09.5+02:00'],
    invalid: ['2024-05-06', '2024-05-06T25:00:00Z'],
  },
  {
    name: 'ids',
    schema: { type: 'string', format: 'uuid' },
    valid: ['123e4567-e89b-12d3-a456-426614174000'],
    invalid: ['123e4567'],
  },
  {
    name: 'mail addresses',
    schema: { type: 'string', format: 'email' },
    valid: ['a.b@example.org'],
    invalid: ['a', 'a@b'],
  },
  {
    name: 'IPv4 addresses',
    schema: { type: 'string', format: 'ipv4' },
    valid: ['10.0.0.255'],
    invalid: ['256.1.1.1', '1.2.3'],
  },
  {
    name: 'addresses of bounded length',
    schema: { type: 'string', format: 'uri', minLength: 1, maxLength: 2083 },
    valid: ['https://example.org/a?b=c'],
    invalid: ['example', 'a b'],
  },
];
