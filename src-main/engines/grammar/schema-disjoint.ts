import { isSchemaObject, type SchemaObject } from './compile-context.ts';
import { isSame } from './schema-merge.ts';
import { allTypes, typeOfValue, typesMeet, typesOf } from './schema-types.ts';

/**
 * Whether no answer that the grammar makes for one part can also satisfy another: what `oneOf`
 * asks for. Says true only when that is certain.
 */
export function areDisjoint(parts: readonly (readonly SchemaObject[])[]): boolean {
  return parts.every((part, index) =>
    parts
      .slice(index + 1)
      .every((other) => part.every((a) => other.every((b) => excludeEachOther(a, b)))),
  );
}

function excludeEachOther(a: SchemaObject, b: SchemaObject): boolean {
  const [first, second] = [valuesOf(a), valuesOf(b)];
  if (first !== undefined && second !== undefined) {
    return !first.some((value) => second.some((other) => isSame(value, other)));
  }
  const [typesA, typesB] = [possibleTypes(a, first), possibleTypes(b, second)];
  const common = typesA.filter((type) => typesB.some((other) => typesMeet(type, other)));
  if (common.length === 0) return true;
  return common.every((type) => type === 'object') && objectsDiffer(a, b);
}

function valuesOf(schema: SchemaObject): readonly unknown[] | undefined {
  if (Object.hasOwn(schema, 'const')) return [schema['const']];
  return Array.isArray(schema['enum']) ? (schema['enum'] as unknown[]) : undefined;
}

function possibleTypes(
  schema: SchemaObject,
  values: readonly unknown[] | undefined,
): readonly unknown[] {
  return values?.map(typeOfValue) ?? typesOf(schema) ?? allTypes;
}

function objectsDiffer(a: SchemaObject, b: SchemaObject): boolean {
  const [first, second] = [propertiesOf(a), propertiesOf(b)];
  const hasTag = [...first.required].some((name) => {
    const [one, other] = [first.properties[name], second.properties[name]];
    if (!second.required.has(name) || !isSchemaObject(one) || !isSchemaObject(other)) return false;
    return excludeEachOther(one, other);
  });
  return hasTag || (lacks(first, second) && lacks(second, first));
}

interface ObjectFacts {
  readonly properties: SchemaObject;
  readonly required: ReadonlySet<string>;
  readonly isClosed: boolean;
}

/** An answer made for `made` never has a property that `asked` requires. */
function lacks(made: ObjectFacts, asked: ObjectFacts): boolean {
  return (
    made.isClosed &&
    [...asked.required].some(
      (name) => !Object.hasOwn(made.properties, name) && !made.required.has(name),
    )
  );
}

function propertiesOf(schema: SchemaObject): ObjectFacts {
  const { properties, required, additionalProperties } = schema;
  const isListed = isSchemaObject(properties);
  return {
    properties: isListed ? properties : {},
    required: new Set(
      Array.isArray(required) ? required.filter((name) => typeof name === 'string') : [],
    ),
    isClosed: additionalProperties === false || (additionalProperties === undefined && isListed),
  };
}
