import type { JsonSchema } from '../../core/inference.ts';
import {
  type CompileContext,
  countOf,
  isSchema,
  isSchemaObject,
  type SchemaObject,
} from './compile-context.ts';
import { literal } from './gbnf.ts';
import { anyObject, space } from './json-values.ts';
import { keyOtherThan } from './other-keys.ts';

interface Property {
  readonly name: string;
  readonly schema: JsonSchema;
  readonly isRequired: boolean;
}

interface Shape {
  readonly properties: readonly Property[];
  /** Schema of further properties; false when there may be none. */
  readonly others: JsonSchema;
}

/**
 * Objects: properties in the order of the schema, optional ones in any combination, then further
 * ones. Where a schema lists properties and does not mention `additionalProperties`, none are
 * added: every such answer is valid, and models don't invent fields.
 */
export function compileObject(schema: SchemaObject, context: CompileContext): string {
  const { builder } = context;
  const shape = readShape(schema, context);
  const counts = readCounts(schema, shape, context);
  const isFree = shape.properties.length === 0 && schema['propertyNames'] === undefined;
  if (isFree && shape.others === true && counts === undefined) return anyObject(builder);
  const gap = space(builder);
  const comma = builder.rule('comma', `${gap} "," ${gap}`);
  const pairs = shape.properties.map(({ name, schema: value }) =>
    builder.rule(
      `${name}-pair`,
      `${literal(JSON.stringify(name))} ":" ${gap} ${context.compileChild(value, name)}`,
    ),
  );
  const other = otherPair(schema, shape, context);
  const content =
    shape.properties.length === 0 && other !== undefined
      ? mapContent(other, comma, counts ?? { min: 0, max: undefined }, context)
      : listContent({ pairs, shape, other, comma }, context);
  return builder.rule('object', ['"{"', gap, content, gap, '"}"'].filter(Boolean).join(' '));
}

function readShape(schema: SchemaObject, context: CompileContext): Shape {
  const { properties = {}, required = [], additionalProperties } = schema;
  if (!isSchemaObject(properties)) return context.fail('properties', 'must be an object');
  if (!Array.isArray(required)) return context.fail('required', 'must be a list of names');
  const names = new Set(required.filter((name) => typeof name === 'string'));
  const listed: Property[] = [];
  for (const [name, value] of Object.entries(properties)) {
    if (!isSchema(value)) return context.fail('properties', `has no schema for '${name}'`);
    if (value !== false) listed.push({ name, schema: value, isRequired: names.has(name) });
    else if (names.has(name)) context.fail('required', `asks for '${name}', which is forbidden`);
  }
  const isListed = schema['properties'] !== undefined;
  const others = additionalProperties ?? !isListed;
  if (!isSchema(others)) return context.fail('additionalProperties', 'must be a schema');
  for (const name of names) {
    if (Object.hasOwn(properties, name)) continue;
    // A required name without a schema of its own has the one of further properties.
    const value = additionalProperties === undefined ? true : others;
    if (value === false) context.fail('required', `asks for '${name}', which is not allowed`);
    listed.push({ name, schema: value, isRequired: true });
  }
  return { properties: listed, others };
}

interface Counts {
  readonly min: number;
  readonly max: number | undefined;
}

/** Bounds of the number of properties, where the listed ones don't settle it already. */
function readCounts(
  schema: SchemaObject,
  shape: Shape,
  context: CompileContext,
): Counts | undefined {
  const min = countOf(schema, 'minProperties', context) ?? 0;
  const max = countOf(schema, 'maxProperties', context);
  if (max !== undefined && min > max) context.fail('minProperties', 'is above maxProperties');
  const required = shape.properties.filter((property) => property.isRequired).length;
  const most = shape.others === false ? shape.properties.length : Infinity;
  if (min <= required && most <= (max ?? Infinity)) return undefined;
  if (shape.properties.length === 0) return { min, max };
  const keyword = min <= required ? 'maxProperties' : 'minProperties';
  context.refuse(keyword, 'is supported only for objects without listed properties');
  return undefined;
}

function otherPair(
  schema: SchemaObject,
  shape: Shape,
  context: CompileContext,
): string | undefined {
  if (shape.others === false) return undefined;
  const { builder } = context;
  const { propertyNames } = schema;
  if (propertyNames !== undefined && !isSchema(propertyNames)) {
    return context.fail('propertyNames', 'must be a schema');
  }
  let key = keyOtherThan(
    Object.keys(isSchemaObject(schema['properties']) ? schema['properties'] : {}).concat(
      shape.properties.map((property) => property.name),
    ),
    builder,
  );
  if (isSchemaObject(propertyNames)) {
    if (shape.properties.length > 0) {
      context.refuse('propertyNames', 'is supported only for objects without listed properties');
    } else {
      key = context.compileChild({ type: 'string', ...propertyNames }, 'key');
    }
  }
  const value = context.compileChild(shape.others, 'other');
  return builder.rule('other-pair', `${key} ":" ${space(builder)} ${value}`);
}

function mapContent(
  other: string,
  comma: string,
  { min, max }: Counts,
  context: CompileContext,
): string {
  const { builder } = context;
  if (max === 0) return '';
  const more = builder.rule('more', `${comma} ${other}`);
  const rest = builder.repeat(more, Math.max(0, min - 1), max === undefined ? undefined : max - 1);
  return min > 0 ? `${other} ${rest}` : `( ${other} ${rest} )?`;
}

interface Listed {
  readonly pairs: readonly string[];
  readonly shape: Shape;
  readonly other: string | undefined;
  readonly comma: string;
}

function listContent({ pairs, shape, other, comma }: Listed, context: CompileContext): string {
  const { builder } = context;
  const isRequired = (index: number) => shape.properties[index]?.isRequired === true;
  const others = other === undefined ? [] : [`${builder.rule('more', `${comma} ${other}`)}*`];
  const following = (index: number) => {
    const pair = builder.rule('next', `${comma} ${pairs[index] ?? ''}`);
    return isRequired(index) ? pair : `${pair}?`;
  };
  const first = shape.properties.findIndex((property) => property.isRequired);
  if (first >= 0) {
    const before = pairs
      .slice(0, first)
      .map((pair) => `${builder.rule('first', `${pair} ${comma}`)}?`);
    const after = pairs.slice(first + 1).map((_, index) => following(first + 1 + index));
    return [...before, pairs[first] ?? '', ...after, ...others].join(' ');
  }
  // Nothing is required: whichever comes first has no comma before it. Each tail is a rule that
  // the one before shares, so that the grammar grows with the number of properties, not its square.
  let tail = others.join(' ');
  const options: string[] = [];
  for (let index = pairs.length - 1; index >= 0; index--) {
    options.unshift([pairs[index] ?? '', tail].filter(Boolean).join(' '));
    tail = builder.rule('tail', [following(index), tail].filter(Boolean).join(' '));
  }
  if (other !== undefined) options.push([other, ...others].join(' '));
  return options.length === 0 ? '' : `( ${options.join(' | ')} )?`;
}
