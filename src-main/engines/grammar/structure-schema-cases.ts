import type { SchemaCase } from './scalar-schema-cases.ts';

const node = {
  type: 'object',
  properties: {
    value: { type: 'integer' },
    next: { anyOf: [{ $ref: '#/$defs/Node' }, { type: 'null' }] },
  },
  required: ['value'],
};

/** Schemas of lists, objects and combinations for tests, with documents that fit or don't. */
export const structureCases: readonly SchemaCase[] = [
  {
    name: 'lists within bounds',
    schema: { type: 'array', items: { type: 'integer' }, minItems: 1, maxItems: 3 },
    valid: [[1], [1, 2, 3]],
    invalid: [[], [1, 2, 3, 4], ['a']],
  },
  {
    name: 'a tuple',
    schema: {
      type: 'array',
      prefixItems: [{ type: 'string' }, { type: 'integer' }],
      items: { type: 'boolean' },
      minItems: 1,
    },
    valid: [['a'], ['a', 1], ['a', 1, true, false]],
    invalid: [[], [1], ['a', 'b'], ['a', 1, 2]],
  },
  {
    name: 'optional properties in any combination',
    schema: {
      type: 'object',
      properties: { a: { type: 'integer' }, b: { type: 'string' }, c: { type: 'boolean' } },
    },
    valid: [
      {},
      { a: 1 },
      { b: '' },
      { c: true },
      { a: 1, c: true },
      { b: '', c: true },
      { a: 1, b: '', c: false },
    ],
    invalid: [{ a: 'x' }, { d: 1 }],
  },
  {
    name: 'required among optional properties',
    schema: {
      type: 'object',
      properties: {
        a: { type: 'integer' },
        b: { type: 'integer' },
        c: { type: 'integer' },
        d: { type: 'integer' },
      },
      required: ['b', 'd'],
      additionalProperties: false,
    },
    valid: [
      { b: 1, d: 1 },
      { a: 1, b: 1, d: 1 },
      { b: 1, c: 1, d: 1 },
      { a: 1, b: 1, c: 1, d: 1 },
    ],
    invalid: [{}, { b: 1 }, { a: 1, d: 1 }, { b: 1, d: 1, e: 1 }],
  },
  {
    name: 'a map of numbers',
    schema: {
      type: 'object',
      additionalProperties: { type: 'number' },
      minProperties: 1,
      maxProperties: 2,
    },
    valid: [{ a: 1 }, { a: 1, b: 2.5 }],
    invalid: [{}, { a: 'x' }, { a: 1, b: 2, c: 3 }],
  },
  {
    name: 'further properties of another type',
    schema: {
      type: 'object',
      properties: { name: { type: 'string' } },
      required: ['name'],
      additionalProperties: { type: 'integer' },
    },
    valid: [{ name: 'x' }, { name: 'x', nam: 1, names: 2, other: 3 }],
    invalid: [{ nam: 1 }, { name: 'x', other: 'y' }, { name: 1 }],
  },
  {
    name: 'a Pydantic model with optional, nested, recursive and enum parts',
    schema: {
      $defs: {
        Color: { enum: ['red', 'green'], title: 'Color', type: 'string' },
        Tree: {
          title: 'Tree',
          type: 'object',
          properties: {
            label: { title: 'Label', type: 'string', maxLength: 8 },
            children: {
              default: [],
              title: 'Children',
              type: 'array',
              maxItems: 2,
              items: { $ref: '#/$defs/Tree' },
            },
          },
          required: ['label'],
        },
      },
      title: 'Answer',
      type: 'object',
      properties: {
        color: { $ref: '#/$defs/Color', description: 'which one' },
        note: {
          anyOf: [{ type: 'string', maxLength: 10 }, { type: 'null' }],
          default: null,
          title: 'Note',
        },
        tree: { allOf: [{ $ref: '#/$defs/Tree' }], default: {} },
        tags: { additionalProperties: { type: 'integer' }, type: 'object', maxProperties: 2 },
      },
      required: ['color', 'note'],
    },
    valid: [
      { color: 'red', note: null },
      {
        color: 'green',
        note: 'x',
        tree: { label: 'a', children: [{ label: 'b', children: [] }] },
        tags: { q: 1 },
      },
    ],
    invalid: [{ color: 'blue', note: null }, { color: 'red' }, { color: 'red', note: 1 }],
  },
  {
    name: 'a linked list',
    schema: { $defs: { Node: node }, $ref: '#/$defs/Node' },
    valid: [
      { value: 1 },
      { value: 1, next: null },
      { value: 1, next: { value: 2, next: { value: 3 } } },
    ],
    invalid: [{}, { value: 1, next: { next: null } }],
  },
  {
    name: 'a tagged union',
    schema: {
      oneOf: [
        {
          type: 'object',
          properties: {
            kind: { const: 'cat' },
            lives: { type: 'integer', minimum: 1, maximum: 9 },
          },
          required: ['kind', 'lives'],
        },
        {
          type: 'object',
          properties: { kind: { const: 'dog' }, name: { type: 'string', maxLength: 5 } },
          required: ['kind'],
        },
      ],
    },
    valid: [{ kind: 'cat', lives: 9 }, { kind: 'dog' }, { kind: 'dog', name: 'Rex' }],
    invalid: [{ kind: 'cat' }, { kind: 'cow' }, { kind: 'cat', lives: 10 }],
  },
  {
    name: 'merged parts',
    schema: {
      allOf: [
        { type: 'object', properties: { a: { type: 'number' } }, required: ['a'] },
        { properties: { a: { type: 'integer', minimum: 3, maximum: 20 }, b: { type: 'boolean' } } },
      ],
      anyOf: [{ required: ['b'] }, { properties: { a: { maximum: 5 } } }],
    },
    valid: [{ a: 20, b: true }, { a: 4 }, { a: 3, b: false }],
    invalid: [{ a: 2 }, { a: 6 }, { a: 3.5, b: true }],
  },
  {
    name: 'names like those of the grammar itself',
    schema: {
      type: 'object',
      properties: { value: {}, root: { type: 'null' }, 'a "b"\n': { type: 'integer' } },
      required: ['value', 'a "b"\n'],
    },
    valid: [{ value: [1], root: null, 'a "b"\n': 1 }],
    invalid: [{ value: 1 }],
  },
];
