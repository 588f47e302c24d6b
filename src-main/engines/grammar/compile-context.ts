import { MillpondError } from '../../core/error.ts';
import type { JsonSchema } from '../../core/inference.ts';
import type { GrammarBuilder } from './gbnf.ts';

export type SchemaObject = Exclude<JsonSchema, boolean>;

/** What the parts of the compiler share. */
export interface CompileContext {
  readonly builder: GrammarBuilder;
  /** Compiles a schema one level down; `hint` names its rule. Returns a name or a literal. */
  compileChild(schema: JsonSchema, hint: string): string;
  /** A keyword the grammar can't express: throws by name, or returns where that is tolerated. */
  refuse(keyword: string, why: string): void;
  /** The schema contradicts itself or is malformed: always throws. */
  fail(keyword: string, why: string): never;
}

/** The request field that errors name, and whether inexpressible keywords may be left out. */
export interface SchemaOptions {
  readonly param: string;
  readonly leavesOutUnsupported: boolean;
}

export function schemaError(keyword: string, why: string, param: string): MillpondError {
  return new MillpondError('invalid-request', `The schema's keyword '${keyword}' ${why}`, {
    param,
    reason: 'unsupported_schema',
  });
}

export function isSchemaObject(value: unknown): value is SchemaObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'boolean' || isSchemaObject(value);
}

/** A count such as `minItems`; undefined when absent. */
export function countOf(
  schema: SchemaObject,
  keyword: string,
  context: CompileContext,
): number | undefined {
  const value = schema[keyword];
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value;
  return context.fail(keyword, 'must be a whole number that is not negative');
}
