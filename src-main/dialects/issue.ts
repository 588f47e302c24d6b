import type { z } from 'zod';
import { MillpondError } from '../core/error.ts';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/**
 * Checks what came over the wire. Rejects with `invalid-request` and one sentence that names the
 * field as the caller spelled it, such as `messages[0].content`.
 */
export function parseInput<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
): z.output<Schema> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  throw invalidInput(result.error, input);
}

function invalidInput(error: z.ZodError, input: unknown): MillpondError {
  const first = error.issues[0];
  if (first === undefined) return new MillpondError('invalid-request', 'The request is not valid');
  const { issue, path } = deepest(first, first.path);
  const param = spell(path);
  const message =
    issue.code === 'unrecognized_keys'
      ? `${issue.keys.map((key) => `'${key}'`).join(', ')} is not a known field`
      : isMissing(input, path)
        ? `'${param}' is required`
        : `'${param}': ${issue.message}`;
  return new MillpondError('invalid-request', message, {
    param: issue.code === 'unrecognized_keys' ? (issue.keys[0] ?? param) : param,
  });
}

/** Of a failed union, the branch that came furthest is the one the caller meant. */
function deepest(issue: Issue, path: Path): { readonly issue: Issue; readonly path: Path } {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return { issue, path };
  const branches = issue.errors.flatMap((branch) => {
    const inner = branch[0];
    return inner === undefined ? [] : [deepest(inner, [...path, ...inner.path])];
  });
  return branches.reduce((best, next) => (next.path.length > best.path.length ? next : best), {
    issue,
    path,
  });
}

function isMissing(input: unknown, path: Path): boolean {
  let value = input;
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return false;
    value = (value as Record<PropertyKey, unknown>)[step];
  }
  return value === undefined;
}

function spell(path: Path): string {
  if (path.length === 0) return 'body';
  return path.reduce<string>((spelled, step) => {
    if (typeof step === 'number') return `${spelled}[${step.toString()}]`;
    return spelled === '' ? String(step) : `${spelled}.${String(step)}`;
  }, '');
}
