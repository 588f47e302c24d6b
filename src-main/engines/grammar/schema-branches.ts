import type { JsonSchema } from '../../core/inference.ts';
import { isSchema, type SchemaObject } from './compile-context.ts';
import { areDisjoint } from './schema-disjoint.ts';
import { MergeError, mergeSchemas } from './schema-merge.ts';

const mostBranches = 256;

export interface BranchOptions {
  /** Throws for a reference that leads nowhere. */
  readonly resolve: (reference: unknown) => JsonSchema;
  /** Called for every schema that is looked at; may throw when there are too many. */
  readonly onStep: () => void;
  /** Called when the branches of a `oneOf` can't be told apart. */
  readonly onOverlap: () => void;
}

/**
 * Writes a schema as plain alternatives without `$ref`, `allOf`, `anyOf` and `oneOf` at their
 * top. None means that nothing satisfies it. Throws `MergeError`.
 */
export function branchesOf(
  schema: JsonSchema,
  options: BranchOptions,
  path: readonly JsonSchema[] = [],
): SchemaObject[] {
  options.onStep();
  if (typeof schema === 'boolean') return schema ? [{}] : [];
  if (path.includes(schema)) throw new MergeError('$ref', 'refers to itself without end');
  const inner = [...path, schema];
  const { $ref, allOf, anyOf, oneOf, ...own } = schema;
  let branches: SchemaObject[] = [own];
  const both = (others: readonly SchemaObject[]) => {
    branches = branches
      .flatMap((a) => others.map((b) => mergeSchemas(a, b)))
      .filter((branch) => branch !== undefined);
    if (branches.length > mostBranches) {
      throw new MergeError('anyOf', `multiplies to more than ${mostBranches} alternatives`);
    }
  };
  if ($ref !== undefined) both(branchesOf(options.resolve($ref), options, inner));
  for (const part of schemaList('allOf', allOf)) both(branchesOf(part, options, inner));
  if (anyOf !== undefined) {
    both(schemaList('anyOf', anyOf).flatMap((part) => branchesOf(part, options, inner)));
  }
  if (oneOf !== undefined) {
    const parts = schemaList('oneOf', oneOf).map((part) => branchesOf(part, options, inner));
    // Each is compared with each: too many are refused before that.
    both(parts.flat());
    if (!areDisjoint(parts)) options.onOverlap();
  }
  return branches;
}

export function schemaList(keyword: string, value: unknown): readonly JsonSchema[] {
  if (value === undefined) return [];
  if (!Array.isArray(value) || value.length === 0 || !value.every(isSchema)) {
    throw new MergeError(keyword, 'must be a list of schemas');
  }
  return value;
}
