import { z } from 'zod';
import type { ConfigProblem } from '../../contract/config.ts';
import type { Tree, TreePath } from './read-tree.ts';

/** What is wrong with the values of a file, each at its place and with what to write instead. */
export function explainIssues(
  issues: readonly z.core.$ZodIssue[],
  schema: z.ZodType,
  tree: Tree,
): readonly ConfigProblem[] {
  return issues.flatMap((issue) => explain(issue, pathOf(issue.path), schema, tree));
}

function explain(
  issue: z.core.$ZodIssue,
  path: TreePath,
  schema: z.ZodType,
  tree: Tree,
): readonly ConfigProblem[] {
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(schema, path);
    return issue.keys.map((key) => ({
      ...tree.locateKey([...path, key]),
      message: unknownKey(key, known),
    }));
  }
  if (issue.code === 'invalid_union') {
    const value = valueAt(tree.value, path);
    // The kind that was meant is the one that gets furthest.
    const branch = issue.errors.find(([first]) => first !== undefined && fits(first, value));
    const inner = branch ?? issue.errors[0] ?? [];
    return inner.flatMap((each) => explain(each, [...path, ...pathOf(each.path)], schema, tree));
  }
  const isAbsent = issue.code === 'invalid_type' && valueAt(tree.value, path) === undefined;
  const place = isAbsent ? tree.locateKey(path.slice(0, -1)) : tree.locate(path);
  return [{ ...place, message: sentenceOf(issue, path, valueAt(tree.value, path)) }];
}

/** An issue inside a value says that its kind was right. */
function fits(issue: z.core.$ZodIssue, value: unknown): boolean {
  if (issue.code !== 'invalid_type') return true;
  return issue.path.length > 0 && typeof value === 'object';
}

function sentenceOf(issue: z.core.$ZodIssue, path: TreePath, value: unknown): string {
  const field = path.findLast((part) => typeof part === 'string') ?? 'the file';
  if (issue.code === 'invalid_type') {
    if (value === undefined) return `“${field}” is missing`;
    const also = issue.expected === 'string' ? '; put it in quotes' : '';
    return `“${field}” must be ${kindNames[issue.expected] ?? issue.expected}${also}`;
  }
  if (issue.code === 'invalid_value') {
    return `“${field}” must be one of ${issue.values.map(String).join(', ')}`;
  }
  if (issue.code === 'too_small' || issue.code === 'too_big') {
    return `“${field}” is ${issue.code === 'too_small' ? 'too small' : 'too big'}: ${issue.message}`;
  }
  return `“${field}”: ${issue.message}`;
}

const kindNames: Readonly<Record<string, string>> = {
  ...{ string: 'text', number: 'a number', int: 'a whole number', boolean: 'yes or no' },
  ...{ object: 'a list of fields', record: 'a list of names', array: 'a list' },
};

function unknownKey(key: string, known: readonly string[]): string {
  const near = nearest(key, known);
  const hint =
    near === undefined ? `known here are ${known.join(', ')}` : `did you mean “${near}”?`;
  return `“${key}” is not known here; ${hint}`;
}

/** Undefined where nothing is like it. */
function nearest(word: string, known: readonly string[]): string | undefined {
  const ranked = known
    .map((name) => ({ name, distance: distance(word.toLowerCase(), name.toLowerCase()) }))
    .toSorted((a, b) => a.distance - b.distance);
  const [best] = ranked;
  const most = Math.max(2, Math.floor(word.length / 3));
  return best !== undefined && best.distance <= most ? best.name : undefined;
}

/** Letters to add, drop or change (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** Fields that the schema has at that place. */
function knownKeys(schema: z.ZodType, path: TreePath): readonly string[] {
  let kinds = unwrapped(schema);
  for (const part of path) kinds = kinds.flatMap((kind) => inside(kind, part)).flatMap(unwrapped);
  return kinds.flatMap((kind) => (kind instanceof z.ZodObject ? Object.keys(kind.shape) : []));
}

function inside(kind: unknown, part: string | number): readonly unknown[] {
  if (kind instanceof z.ZodObject) {
    const shape: Readonly<Record<string, unknown>> = kind.shape;
    return Object.hasOwn(shape, part) ? [shape[part]] : [];
  }
  if (kind instanceof z.ZodRecord) return [kind.valueType];
  return kind instanceof z.ZodArray ? [kind.element] : [];
}

/** Without what stands around it: optional, converted, or one of several. */
function unwrapped(kind: unknown): readonly unknown[] {
  if (kind instanceof z.ZodOptional) return unwrapped(kind.unwrap());
  if (kind instanceof z.ZodPipe) return unwrapped(kind.out);
  if (kind instanceof z.ZodUnion) return kind.options.flatMap(unwrapped);
  return [kind];
}

function valueAt(value: unknown, path: TreePath): unknown {
  let found = value;
  for (const part of path) {
    if (typeof found !== 'object' || found === null) return undefined;
    found = Object.entries(found).find(([name]) => name === String(part))?.[1];
  }
  return found;
}

function pathOf(path: readonly PropertyKey[]): TreePath {
  return path.map((part) => (typeof part === 'number' ? part : String(part)));
}
