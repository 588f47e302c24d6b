import type { JsonSchema } from '../../core/inference.ts';
import { compileArray } from './array-grammar.ts';
import {
  type CompileContext,
  isSchemaObject,
  schemaError,
  type SchemaObject,
  type SchemaOptions,
} from './compile-context.ts';
import { alternatives, type GrammarBuilder, literal } from './gbnf.ts';
import { anyBoolean, anyValue } from './json-values.ts';
import { satisfies } from './listed-values.ts';
import { compileNumber } from './number-grammar.ts';
import { compileObject } from './object-grammar.ts';
import { branchesOf, schemaList } from './schema-branches.ts';
import { MergeError } from './schema-merge.ts';
import { resolveReference } from './schema-references.ts';
import { typesOf } from './schema-types.ts';
import { compileString } from './string-grammar.ts';

/** Checked keywords that no grammar of this kind can express. */
const inexpressible: readonly string[] = [
  'not',
  'if',
  'then',
  'else',
  'patternProperties',
  'contains',
  'minContains',
  'maxContains',
  'dependentRequired',
  'dependentSchemas',
  'dependencies',
  'unevaluatedItems',
  '$dynamicRef',
  '$recursiveRef',
];

/** Keywords that say something about values; beside a `$ref` or `anyOf` they must be merged in. */
const constraints: ReadonlySet<string> = new Set([
  ...inexpressible,
  'type',
  'enum',
  'const',
  'nullable',
  'properties',
  'required',
  'additionalProperties',
  'propertyNames',
  'minProperties',
  'maxProperties',
  'items',
  'prefixItems',
  'additionalItems',
  'minItems',
  'maxItems',
  'uniqueItems',
  'minLength',
  'maxLength',
  'pattern',
  'format',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'unevaluatedProperties',
  '$ref',
  'allOf',
  'anyOf',
  'oneOf',
]);

const deepestNesting = 200;
/** llama.cpp tries every listed value for every token it could draw. */
const mostListedValues = 1000;
/** Far more than schemas of people need; references in `allOf` can double with every level. */
const mostSteps = 20_000;

/** Compiles the schemas of one document into rules of one grammar. */
export class SchemaCompiler {
  private readonly root: JsonSchema;
  private readonly options: SchemaOptions;
  private readonly context: CompileContext;
  private readonly references = new Map<SchemaObject, string>();
  /** References entered since the last property or item: meeting one again would never end. */
  private open = new Set<SchemaObject>();
  private depth = 0;
  private listed = 0;
  private steps = 0;

  constructor(root: JsonSchema, builder: GrammarBuilder, options: SchemaOptions) {
    this.root = root;
    this.options = options;
    this.context = {
      builder,
      compileChild: (schema, hint) => this.compileChild(schema, hint),
      refuse: (keyword, why) => {
        if (!options.leavesOutUnsupported) throw this.error(keyword, why);
      },
      fail: (keyword, why) => {
        throw this.error(keyword, why);
      },
    };
  }

  /** The name of the rule, or the literal, that stands for the whole document. */
  compileRoot(hint: string): string {
    const { root } = this;
    if (typeof root === 'boolean') return this.compile(root, hint);
    return this.compileReference(root, hint);
  }

  private error(keyword: string, why: string): Error {
    return schemaError(keyword, why, this.options.param);
  }

  private compileChild(schema: JsonSchema, hint: string): string {
    const outer = this.open;
    this.open = new Set();
    this.depth += 1;
    if (this.depth > deepestNesting) throw this.error('properties', 'nests too deeply');
    const name = this.compile(schema, hint);
    this.depth -= 1;
    this.open = outer;
    return name;
  }

  private countStep(keyword: string): void {
    this.steps += 1;
    if (this.steps > mostSteps) throw this.error(keyword, 'makes the schema too large');
  }

  private compile(schema: JsonSchema, hint: string): string {
    this.countStep('properties');
    if (schema === true) return anyValue(this.context.builder);
    if (schema === false) throw this.error('false', 'allows no value at all');
    const used = Object.keys(schema).filter((keyword) => constraints.has(keyword));
    const [only] = used;
    // Alone, these need no merging, and references stay rules: that is what makes recursion work.
    if (used.length === 1 && only === '$ref') {
      const target = this.resolve(schema['$ref']);
      return isSchemaObject(target)
        ? this.compileReference(target, hint)
        : this.compile(target, hint);
    }
    return this.translateMergeErrors(() => {
      if (used.length === 1 && only === 'anyOf') {
        return this.choice(schemaList('anyOf', schema['anyOf']), hint);
      }
      if (used.length === 1 && only === 'allOf') {
        const [part, ...others] = schemaList('allOf', schema['allOf']);
        if (part !== undefined && others.length === 0) return this.compile(part, hint);
      }
      return this.compileBranches(schema, hint);
    });
  }

  private choice(parts: readonly JsonSchema[], hint: string): string {
    const possible = parts.filter((part) => part !== false);
    if (possible.length === 0) throw this.error('anyOf', 'allows no value at all');
    const names = possible.map((part) => this.compile(part, hint));
    return this.context.builder.rule(hint, alternatives(names));
  }

  private compileBranches(schema: SchemaObject, hint: string): string {
    const branches = branchesOf(schema, {
      resolve: (reference) => this.resolve(reference),
      onStep: () => {
        this.countStep('allOf');
      },
      onOverlap: () => {
        this.context.refuse(
          'oneOf',
          'has alternatives that one value could satisfy together; use anyOf',
        );
      },
    });
    if (branches.length === 0)
      throw this.error('allOf', 'contradicts itself: no value satisfies it');
    const names = branches.map((branch) => this.compilePlain(branch, hint));
    return this.context.builder.rule(hint, alternatives(names));
  }

  private compileReference(target: SchemaObject, hint: string): string {
    if (this.open.has(target)) throw this.error('$ref', 'refers to itself without end');
    const known = this.references.get(target);
    if (known !== undefined) return known;
    const { builder } = this.context;
    const name = builder.declare(typeof target['title'] === 'string' ? target['title'] : hint);
    this.references.set(target, name);
    this.open.add(target);
    builder.define(name, this.compile(target, `${hint}-body`));
    this.open.delete(target);
    return name;
  }

  private resolve(reference: unknown): JsonSchema {
    if (typeof reference !== 'string') throw this.error('$ref', 'must be a string');
    const target = resolveReference(this.root, reference);
    if (target === undefined) {
      throw this.error('$ref', `points to '${reference}', which is not in this schema`);
    }
    return target;
  }

  /** A schema without references and combinations at its top. */
  private compilePlain(schema: SchemaObject, hint: string): string {
    for (const keyword of inexpressible) {
      if (schema[keyword] !== undefined) this.context.refuse(keyword, 'is not supported');
    }
    if (
      schema['unevaluatedProperties'] !== undefined &&
      schema['unevaluatedProperties'] !== false
    ) {
      this.context.refuse('unevaluatedProperties', 'is supported only as false');
    }
    if (schema['enum'] !== undefined || Object.hasOwn(schema, 'const')) {
      return this.compileValues(schema, hint);
    }
    const types = typesOf(schema);
    if (types === undefined) return anyValue(this.context.builder);
    const names = types.map((type) => this.compileType(schema, type));
    if (names.length === 0) throw this.error('type', 'allows no type');
    return this.context.builder.rule(hint, alternatives(names));
  }

  private compileType(schema: SchemaObject, type: unknown): string {
    switch (type) {
      case 'object':
        return compileObject(schema, this.context);
      case 'array':
        return compileArray(schema, this.context);
      case 'string':
        return compileString(schema, this.context);
      case 'integer':
      case 'number':
        return compileNumber(schema, type, this.context);
      case 'boolean':
        return anyBoolean(this.context.builder);
      case 'null':
        return '"null"';
      default:
        throw this.error('type', `knows no ${JSON.stringify(type)}`);
    }
  }

  private compileValues(schema: SchemaObject, hint: string): string {
    const listed = schema['enum'] ?? [schema['const']];
    if (!Array.isArray(listed)) throw this.error('enum', 'must be a list of values');
    this.listed += listed.length;
    if (this.listed > mostListedValues) {
      throw this.error('enum', `lists too many values; ${mostListedValues} are possible`);
    }
    const values = (listed as unknown[]).filter((value) => satisfies(value, schema));
    if (values.length === 0) throw this.error('enum', 'allows no value together with the others');
    return this.context.builder.rule(
      hint,
      alternatives(values.map((value) => literal(JSON.stringify(value)))),
    );
  }

  private translateMergeErrors(compile: () => string): string {
    try {
      return compile();
    } catch (thrown) {
      if (thrown instanceof MergeError) throw this.error(thrown.keyword, thrown.message);
      throw thrown;
    }
  }
}
