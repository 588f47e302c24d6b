import type { JsonSchema } from '../../core/inference.ts';
import type { SchemaOptions } from './compile-context.ts';
import { GrammarBuilder } from './gbnf.ts';
import { SchemaCompiler } from './schema-compiler.ts';

const responseFormat: SchemaOptions = { param: 'response_format', leavesOutUnsupported: false };

/**
 * Compiles a JSON Schema to a whole GBNF grammar whose `root` admits only documents that satisfy
 * it. Where the schema leaves things open the grammar may be narrower: properties come in the
 * schema's order, none are made up, white space is limited.
 *
 * Throws `invalid-request` with reason `unsupported_schema`, naming the keyword that can't be
 * expressed or that contradicts another.
 */
export function compileJsonSchema(
  schema: JsonSchema,
  options: Partial<SchemaOptions> = {},
): string {
  const builder = new GrammarBuilder();
  const compiler = new SchemaCompiler(schema, builder, { ...responseFormat, ...options });
  return builder.build(compiler.compileRoot('document'));
}
