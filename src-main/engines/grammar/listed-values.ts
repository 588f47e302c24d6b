import { isSchemaObject, type SchemaObject } from './compile-context.ts';
import { accepts, determinise } from './pattern-automaton.ts';
import { parsePattern, PatternError } from './pattern-parser.ts';
import { formatPatterns } from './string-formats.ts';
import { typeOfValue, typesOf } from './schema-types.ts';

/**
 * Whether a listed value also satisfies what stands beside the list. True as well where that cannot
 * be told: below a reference or a combination, and for patterns that no grammar can express.
 */
export function satisfies(value: unknown, schema: unknown): boolean {
  if (typeof schema === 'boolean') return schema;
  if (!isSchemaObject(schema)) return true;
  if (schema['type'] !== undefined && !hasType(value, typesOf(schema) ?? [])) return false;
  if (Object.hasOwn(schema, 'const') && !isEqual(schema['const'], value)) return false;
  const listed = schema['enum'];
  if (Array.isArray(listed) && !listed.some((each) => isEqual(each, value))) return false;
  if (typeof value === 'number') return numberFits(value, schema);
  if (typeof value === 'string') return stringFits(value, schema);
  if (Array.isArray(value)) return arrayFits(value, schema);
  return isSchemaObject(value) ? objectFits(value, schema) : true;
}

function hasType(value: unknown, types: readonly unknown[]): boolean {
  const type = typeOfValue(value);
  return types.includes(type) || (type === 'integer' && types.includes('number'));
}

function isEqual(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** A limit that is absent or malformed holds nobody back; the compiler refuses malformed ones. */
function isWithin(size: number, schema: SchemaObject, least: string, most: string): boolean {
  const [min, max] = [schema[least], schema[most]];
  return !(typeof min === 'number' && size < min) && !(typeof max === 'number' && size > max);
}

function numberFits(value: number, schema: SchemaObject): boolean {
  const { exclusiveMinimum: above, exclusiveMaximum: below, multipleOf: step } = schema;
  if (!isWithin(value, schema, 'minimum', 'maximum')) return false;
  if (typeof above === 'number' && value <= above) return false;
  if (typeof below === 'number' && value >= below) return false;
  return typeof step !== 'number' || step <= 0 || isMultiple(value, step);
}

/** 0.3 is a multiple of 0.1, whatever binary fractions make of it. */
function isMultiple(value: number, step: number): boolean {
  const quotient = value / step;
  return Math.abs(quotient - Math.round(quotient)) <= Math.abs(quotient) * Number.EPSILON * 2;
}

function stringFits(value: string, schema: SchemaObject): boolean {
  const { pattern, format } = schema;
  // The standard counts characters, not UTF-16 units.
  if (!isWithin(Array.from(value).length, schema, 'minLength', 'maxLength')) return false;
  if (typeof pattern === 'string' && !matches(pattern, value)) return false;
  return typeof format !== 'string' || !isWrittenOtherwise(format, value);
}

/** Of a format the grammar's own pattern offers less than is valid, so only the clear cases are judged. */
function isWrittenOtherwise(format: string, value: string): boolean {
  const source = Object.hasOwn(formatPatterns, format) ? formatPatterns[format] : undefined;
  const isExact = ['date', 'uuid', 'ipv4'].includes(format);
  return isExact && source !== undefined && !matches(source, value.toLowerCase());
}

/** Never by the engine of JavaScript, which a pattern can hang. */
function matches(pattern: string, value: string): boolean {
  try {
    return accepts(determinise(parsePattern(pattern)), value);
  } catch (thrown) {
    if (thrown instanceof PatternError) return true;
    throw thrown;
  }
}

function arrayFits(value: readonly unknown[], schema: SchemaObject): boolean {
  if (!isWithin(value.length, schema, 'minItems', 'maxItems')) return false;
  if (schema['uniqueItems'] === true) {
    if (new Set(value.map((item) => JSON.stringify(item))).size < value.length) return false;
  }
  const { items, prefixItems } = schema;
  const tuple: readonly unknown[] = Array.isArray(prefixItems) ? prefixItems : [];
  if (Array.isArray(items)) return true;
  return value.every((item, index) => satisfies(item, index < tuple.length ? tuple[index] : items));
}

function objectFits(value: SchemaObject, schema: SchemaObject): boolean {
  const { properties, required, additionalProperties } = schema;
  const names = Object.keys(value);
  if (!isWithin(names.length, schema, 'minProperties', 'maxProperties')) return false;
  if (Array.isArray(required)) {
    if (!required.every((name) => typeof name === 'string' && Object.hasOwn(value, name))) {
      return false;
    }
  }
  const listed = isSchemaObject(properties) ? properties : {};
  return names.every((name) =>
    satisfies(value[name], Object.hasOwn(listed, name) ? listed[name] : additionalProperties),
  );
}
