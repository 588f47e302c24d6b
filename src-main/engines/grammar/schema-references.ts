import type { JsonSchema } from '../../core/inference.ts';
import { isSchema, isSchemaObject } from './compile-context.ts';

/** The schema that a `$ref` inside `root` points to; undefined when there is none in this document. */
export function resolveReference(root: JsonSchema, reference: string): JsonSchema | undefined {
  if (!reference.startsWith('#')) return undefined;
  const path = decode(reference.slice(1));
  if (path === undefined) return undefined;
  if (path !== '' && !path.startsWith('/')) return findAnchor(root, path);
  let current: unknown = root;
  for (const step of path.split('/').slice(1)) {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(current)) current = (current as unknown[])[Number(key)];
    else if (isSchemaObject(current) && Object.hasOwn(current, key)) current = current[key];
    else return undefined;
  }
  return isSchema(current) ? current : undefined;
}

function decode(fragment: string): string | undefined {
  try {
    return decodeURIComponent(fragment);
  } catch {
    return undefined;
  }
}

function findAnchor(value: unknown, anchor: string): JsonSchema | undefined {
  if (Array.isArray(value) || isSchemaObject(value)) {
    if (isSchemaObject(value) && value['$anchor'] === anchor) return value;
    for (const inner of Object.values(value)) {
      const found = findAnchor(inner, anchor);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}
