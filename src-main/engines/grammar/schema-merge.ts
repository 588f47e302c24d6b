import { isSchema, isSchemaObject, type SchemaObject } from './compile-context.ts';

/** Raised when two schemas can't be made into one; names the keyword. */
export class MergeError extends Error {
  readonly keyword: string;

  constructor(keyword: string, message: string) {
    super(message);
    this.keyword = keyword;
  }
}

/** Both schemas at once (`allOf`), one level deep; undefined when nothing can satisfy both. */
export function mergeSchemas(a: SchemaObject, b: SchemaObject): SchemaObject | undefined {
  const merged: Record<string, unknown> = { ...a, ...mergeProperties(a, b) };
  for (const [keyword, second] of Object.entries(b)) {
    if (propertyKeywords.has(keyword)) continue;
    const first = a[keyword];
    if (first === undefined || isSame(first, second)) {
      merged[keyword] = second;
      continue;
    }
    const value = mergeKeyword(keyword, first, second);
    if (value === undefined) return undefined;
    merged[keyword] = value;
  }
  return merged;
}

export function isSame(a: unknown, b: unknown): boolean {
  return canonical(a) === canonical(b);
}

/** Equal for equal values, whatever the order of their properties. */
function canonical(value: unknown): string {
  return JSON.stringify(sorted(value));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isSchemaObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([first], [second]) => (first < second ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}

const propertyKeywords: ReadonlySet<string> = new Set([
  'properties',
  'required',
  'additionalProperties',
]);
const takesLarger: ReadonlySet<string> = new Set([
  'minimum',
  'exclusiveMinimum',
  'minLength',
  'minItems',
  'minProperties',
]);
const takesSmaller: ReadonlySet<string> = new Set([
  'maximum',
  'exclusiveMaximum',
  'maxLength',
  'maxItems',
  'maxProperties',
]);
const schemaKeywords: ReadonlySet<string> = new Set(['items', 'propertyNames', 'additionalItems']);
/** Nothing is checked by these, so either will do. */
const annotations: ReadonlySet<string> = new Set([
  'title',
  'description',
  'default',
  'examples',
  'example',
  'format',
  '$comment',
  '$id',
  '$schema',
  'deprecated',
  'readOnly',
  'writeOnly',
  '$defs',
  'definitions',
  'discriminator',
  '$anchor',
]);

/** Undefined when the two exclude each other. */
function mergeKeyword(keyword: string, first: unknown, second: unknown): unknown {
  if (annotations.has(keyword) || keyword.startsWith('x-')) return first;
  if (typeof first === 'number' && typeof second === 'number') {
    if (takesLarger.has(keyword)) return Math.max(first, second);
    if (takesSmaller.has(keyword)) return Math.min(first, second);
  }
  if (keyword === 'type') return mergeTypes(first, second);
  if (keyword === 'const') return undefined;
  if (keyword === 'enum' && Array.isArray(first) && Array.isArray(second)) {
    const allowed = new Set(second.map(canonical));
    const common = first.filter((value) => allowed.has(canonical(value)));
    return common.length === 0 ? undefined : common;
  }
  if (keyword === 'nullable') return false;
  if (keyword === 'uniqueItems') return true;
  if (schemaKeywords.has(keyword) && isSchema(first) && isSchema(second)) {
    return { allOf: [first, second] };
  }
  throw new MergeError(keyword, 'cannot be combined with another of its kind in allOf');
}

function mergeTypes(first: unknown, second: unknown): unknown {
  const [a, b] = [first, second].map((type) => (Array.isArray(type) ? type : [type]) as unknown[]);
  const common = new Set<unknown>();
  for (const one of a ?? []) {
    for (const other of b ?? []) {
      if (one === other) common.add(one);
      else if (isNumberPair(one, other)) common.add('integer');
    }
  }
  return common.size === 0 ? undefined : [...common];
}

function isNumberPair(one: unknown, other: unknown): boolean {
  return (one === 'integer' && other === 'number') || (one === 'number' && other === 'integer');
}

/** A property that only one side lists is bound by the other side's `additionalProperties` too. */
function mergeProperties(a: SchemaObject, b: SchemaObject): SchemaObject {
  const [first, second] = [propertiesOf(a), propertiesOf(b)];
  const merged: Record<string, unknown> = {};
  for (const name of new Set([...Object.keys(first), ...Object.keys(second)])) {
    const parts = [
      Object.hasOwn(first, name) ? first[name] : a['additionalProperties'],
      Object.hasOwn(second, name) ? second[name] : b['additionalProperties'],
    ].filter((part) => part !== undefined && part !== true);
    if (parts.includes(false)) merged[name] = false;
    else
      merged[name] = parts.length === 0 ? true : parts.length === 1 ? parts[0] : { allOf: parts };
  }
  const required = [a, b].flatMap(({ required: names }) =>
    Array.isArray(names) ? (names as unknown[]) : [],
  );
  const others = [a, b]
    .map((schema) => schema['additionalProperties'])
    .filter((schema) => schema !== undefined);
  const hasProperties = a['properties'] !== undefined || b['properties'] !== undefined;
  return {
    ...(hasProperties && { properties: merged }),
    ...(required.length > 0 && { required: [...new Set(required)] }),
    ...(others.length > 0 && {
      additionalProperties: others.includes(false)
        ? false
        : others.length === 1
          ? others[0]
          : { allOf: others },
    }),
  };
}

function propertiesOf(schema: SchemaObject): SchemaObject {
  return isSchemaObject(schema['properties']) ? schema['properties'] : {};
}
