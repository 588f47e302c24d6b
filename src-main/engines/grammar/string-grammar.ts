import { type CompileContext, countOf, type SchemaObject } from './compile-context.ts';
import { anyCodePoint, type CodePoints, holds, without } from './code-points.ts';
import { alternatives, characterClass, type GrammarBuilder, literal } from './gbnf.ts';
import { anyString, stringCharacter } from './json-values.ts';
import { lengthOf, withLength } from './pattern-length.ts';
import { parsePattern, PatternError, type PatternNode } from './pattern-parser.ts';
import { formatPatterns } from './string-formats.ts';

/** A string with its bounds. Formats that are not known are notes for people, as the standard says. */
export function compileString(schema: SchemaObject, context: CompileContext): string {
  const { builder } = context;
  const min = countOf(schema, 'minLength', context) ?? 0;
  const max = countOf(schema, 'maxLength', context);
  if (max !== undefined && min > max) context.fail('minLength', 'is above maxLength');
  const node = readPattern(schema, context);
  if (node === undefined) {
    if (min === 0 && max === undefined) return anyString(builder);
    const content = builder.repeat(stringCharacter(builder), min, max);
    return builder.rule('string', String.raw`"\"" ${content} "\""`);
  }
  const fitting = withLength(node, { min, max: max ?? Infinity });
  const keyword = schema['pattern'] === undefined ? 'format' : 'pattern';
  if (fitting === undefined) {
    return context.fail(keyword, 'matches nothing within minLength and maxLength');
  }
  return builder.rule(keyword, String.raw`"\"" ${patternToGbnf(fitting, builder)} "\""`);
}

function readPattern(schema: SchemaObject, context: CompileContext): PatternNode | undefined {
  const { pattern, format } = schema;
  const source =
    pattern === undefined && typeof format === 'string' && Object.hasOwn(formatPatterns, format)
      ? formatPatterns[format]
      : pattern;
  if (source === undefined) return undefined;
  if (typeof source !== 'string') return context.fail('pattern', 'must be a string');
  try {
    return simplify(parsePattern(source));
  } catch (thrown) {
    if (!(thrown instanceof PatternError)) throw thrown;
    context.refuse('pattern', thrown.message);
    return undefined;
  }
}

/** A repetition of what may be empty would recurse without end: repeat its non-empty part instead. */
function simplify(node: PatternNode): PatternNode {
  switch (node.type) {
    case 'character':
      return node;
    case 'sequence':
      return { type: 'sequence', items: node.items.map(simplify) };
    case 'choice':
      return { type: 'choice', options: node.options.map(simplify) };
    case 'repeat': {
      const item = simplify(node.item);
      if (node.max <= 1 || lengthOf(item).min > 0) return { ...node, item };
      const filled = nonEmpty(item);
      if (filled === undefined) return { type: 'sequence', items: [] };
      return { type: 'repeat', item: filled, min: 0, max: node.max };
    }
  }
}

/** The same strings without the empty one; undefined when there is no other. */
function nonEmpty(node: PatternNode): PatternNode | undefined {
  if (lengthOf(node).min > 0) return node;
  if (lengthOf(node).max === 0) return undefined;
  switch (node.type) {
    case 'character':
      return node;
    case 'choice':
      return {
        type: 'choice',
        options: node.options.map(nonEmpty).filter((option) => option !== undefined),
      };
    case 'sequence':
      // The first part that is not empty, then the rest as it is.
      return {
        type: 'choice',
        options: node.items.flatMap((item, index) => {
          const filled = nonEmpty(item);
          return filled === undefined
            ? []
            : [{ type: 'sequence' as const, items: [filled, ...node.items.slice(index + 1)] }];
        }),
      };
    case 'repeat': {
      const item = nonEmpty(node.item);
      return item === undefined ? undefined : { ...node, item, min: 1 };
    }
  }
}

function patternToGbnf(node: PatternNode, builder: GrammarBuilder): string {
  switch (node.type) {
    case 'character':
      return characterToGbnf(node.set, builder);
    case 'sequence': {
      const items = node.items.map((item) => group(patternToGbnf(item, builder), item));
      return items.length === 0 ? '""' : items.join(' ');
    }
    case 'choice':
      return alternatives(node.options.map((option) => patternToGbnf(option, builder)));
    case 'repeat': {
      const max = Number.isFinite(node.max) ? node.max : undefined;
      return builder.repeat(builder.rule('part', patternToGbnf(node.item, builder)), node.min, max);
    }
  }
}

function group(expression: string, node: PatternNode): string {
  return node.type === 'choice' ? `( ${expression} )` : expression;
}

/** Short escapes of JSON for characters that can't stand in a string as they are. */
const shortEscapes: readonly (readonly [number, string])[] = [
  [0x22, '\\"'],
  [0x5c, '\\\\'],
  [0x08, '\\b'],
  [0x0c, '\\f'],
  [0x0a, '\\n'],
  [0x0d, '\\r'],
  [0x09, '\\t'],
];
const escapedOnly: CodePoints = [
  [0, 0x1f],
  [0x22, 0x22],
  [0x5c, 0x5c],
];

/** One character of a set, as JSON writes it inside a string. */
function characterToGbnf(set: CodePoints, builder: GrammarBuilder): string {
  if (set === anyCodePoint) return stringCharacter(builder);
  const options: string[] = [];
  const plain = without(set, escapedOnly);
  if (plain.length > 0) options.push(characterClass(plain));
  for (const [codePoint, escape] of shortEscapes) {
    if (holds(set, codePoint)) options.push(literal(escape));
  }
  if (options.length === 0) {
    const [control] = set;
    const code = (control?.[0] ?? 0).toString(16).padStart(4, '0');
    options.push(literal(`\\u${code}`));
  }
  return options.length === 1 ? (options[0] ?? '') : builder.rule('one-of', alternatives(options));
}
