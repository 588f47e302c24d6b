import type { SchemaObject } from './compile-context.ts';

export type JsonType = 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean' | 'null';

export const allTypes: readonly JsonType[] = [
  'object',
  'array',
  'string',
  'number',
  'boolean',
  'null',
];

const hints: Readonly<Record<string, JsonType>> = {
  properties: 'object',
  required: 'object',
  additionalProperties: 'object',
  propertyNames: 'object',
  minProperties: 'object',
  maxProperties: 'object',
  items: 'array',
  prefixItems: 'array',
  minItems: 'array',
  maxItems: 'array',
  uniqueItems: 'array',
  minLength: 'string',
  maxLength: 'string',
  pattern: 'string',
  format: 'string',
  minimum: 'number',
  maximum: 'number',
  exclusiveMinimum: 'number',
  exclusiveMaximum: 'number',
  multipleOf: 'number',
};

/**
 * The types a schema stands for. One that names none means the types its other keywords are
 * about (`properties` an object, …); undefined means that it says nothing at all. An entry that
 * is no type of JSON Schema is returned as it is, for the caller to refuse.
 */
export function typesOf(schema: SchemaObject): readonly unknown[] | undefined {
  const { type, nullable } = schema;
  const named: readonly unknown[] | undefined =
    type === undefined ? undefined : Array.isArray(type) ? type : [type];
  const implied = Object.keys(schema).flatMap((keyword) =>
    Object.hasOwn(hints, keyword) ? [hints[keyword]] : [],
  );
  const types = named ?? (implied.length > 0 ? [...new Set<unknown>(implied)] : undefined);
  return types !== undefined && nullable === true ? [...new Set([...types, 'null'])] : types;
}

export function typeOfValue(value: unknown): JsonType {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'object') return 'object';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value === 'string' ? 'string' : 'boolean';
}

/** Whether a value of type `one` may also be one of type `other`. */
export function typesMeet(one: unknown, other: unknown): boolean {
  const asNumber = (type: unknown) => (type === 'integer' ? 'number' : type);
  return asNumber(one) === asNumber(other);
}
