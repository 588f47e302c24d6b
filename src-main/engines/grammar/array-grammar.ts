import { type CompileContext, countOf, isSchema, type SchemaObject } from './compile-context.ts';
import type { JsonSchema } from '../../core/inference.ts';
import { anyArray, space } from './json-values.ts';

/** Arrays: tuples (`prefixItems`, or `items` as a list), then items of one kind, within bounds. */
export function compileArray(schema: SchemaObject, context: CompileContext): string {
  const { builder } = context;
  const min = countOf(schema, 'minItems', context) ?? 0;
  const max = countOf(schema, 'maxItems', context);
  if (max !== undefined && min > max) context.fail('minItems', 'is above maxItems');
  if (schema['uniqueItems'] === true && (max ?? 2) > 1) {
    context.refuse('uniqueItems', 'cannot be enforced while text is generated');
  }
  const { prefix, rest } = readItems(schema, context, min);
  if (prefix.length === 0 && rest === true && min === 0 && max === undefined)
    return anyArray(builder);
  const limit = rest === false ? Math.min(prefix.length, max ?? Infinity) : max;
  if (limit !== undefined && min > limit)
    context.fail('minItems', 'asks for more than items allow');
  const gap = space(builder);
  const comma = builder.rule('comma', `${gap} "," ${gap}`);
  let tail = '';
  if (rest !== false && (limit ?? Infinity) > prefix.length) {
    const item = context.compileChild(rest, 'item');
    const least = Math.max(0, min - prefix.length);
    const most = limit === undefined ? undefined : limit - prefix.length;
    tail =
      prefix.length > 0
        ? builder.repeat(builder.rule('more', `${comma} ${item}`), least, most)
        : listOf(item, comma, { min: least, max: most }, context);
  }
  const shown = limit === undefined ? prefix : prefix.slice(0, limit);
  for (const [index, item] of [...shown.entries()].toReversed()) {
    const name = context.compileChild(item, `item-${index + 1}`);
    const content = [index === 0 ? name : `${comma} ${name}`, tail].filter(Boolean).join(' ');
    tail = index < min ? content : builder.rule('rest', content);
    if (index >= min) tail = builder.repeat(tail, 0, 1);
  }
  return builder.rule('array', ['"["', gap, tail, gap, '"]"'].filter(Boolean).join(' '));
}

function listOf(
  item: string,
  comma: string,
  { min, max }: { min: number; max: number | undefined },
  context: CompileContext,
): string {
  const { builder } = context;
  const more = builder.repeat(
    builder.rule('more', `${comma} ${item}`),
    Math.max(0, min - 1),
    max === undefined ? undefined : max - 1,
  );
  const list = `${item} ${more}`;
  return min > 0 ? list : `( ${list} )?`;
}

interface Items {
  readonly prefix: readonly JsonSchema[];
  /** What follows the prefix. A tuple that doesn't say is taken as closed unless it must go on. */
  readonly rest: JsonSchema;
}

function readItems(schema: SchemaObject, context: CompileContext, min: number): Items {
  const { items, prefixItems, additionalItems } = schema;
  const tuple = Array.isArray(items) ? items : prefixItems;
  const after = Array.isArray(items) ? additionalItems : items;
  if (tuple !== undefined && !(Array.isArray(tuple) && tuple.every(isSchema))) {
    return context.fail('prefixItems', 'must be a list of schemas');
  }
  if (after !== undefined && !isSchema(after)) return context.fail('items', 'must be a schema');
  const prefix: readonly JsonSchema[] = tuple ?? [];
  return { prefix, rest: after ?? (prefix.length === 0 || min > prefix.length) };
}
