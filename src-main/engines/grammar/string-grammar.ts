import { type CompileContext, countOf, type SchemaObject } from './compile-context.ts';
import { anyCodePoint, type CodePoints, holds, without } from './code-points.ts';
import { alternatives, characterClass, type GrammarBuilder, literal } from './gbnf.ts';
import { anyString, stringCharacter } from './json-values.ts';
import { isAmbiguous } from './pattern-ambiguity.ts';
import { determinise, withinLength } from './pattern-automaton.ts';
import { type LengthRange, withLength } from './pattern-length.ts';
import { parsePattern, PatternError, type PatternNode } from './pattern-parser.ts';
import { formatPatterns } from './string-formats.ts';

/** A string with its bounds. Formats that are not known are notes for people, as the standard says. */
export function compileString(schema: SchemaObject, context: CompileContext): string {
  const { builder } = context;
  const min = countOf(schema, 'minLength', context) ?? 0;
  const max = countOf(schema, 'maxLength', context);
  if (max !== undefined && min > max) context.fail('minLength', 'is above maxLength');
  const range = { min, max: max ?? Infinity };
  const plain = (): string => {
    if (min === 0 && max === undefined) return anyString(builder);
    const content = builder.repeat(stringCharacter(builder), min, max);
    return builder.rule('string', String.raw`"\"" ${content} "\""`);
  };
  const { keyword, source } = patternOf(schema, context);
  if (source === undefined) return plain();
  try {
    const node = parsePattern(source);
    // Our own formats are known to be harmless, and shorter as they are.
    const isPlain = keyword === 'format' || !isAmbiguous(node);
    const content = isPlain ? fromTree(node, range, builder) : fromAutomaton(node, range, builder);
    if (content !== undefined) return builder.rule(keyword, String.raw`"\"" ${content} "\""`);
  } catch (thrown) {
    if (!(thrown instanceof PatternError)) throw thrown;
    context.refuse(keyword, thrown.message);
    return plain();
  }
  return context.fail(keyword, 'matches nothing within minLength and maxLength');
}

interface PatternSource {
  readonly keyword: 'pattern' | 'format';
  readonly source: string | undefined;
}

function patternOf({ pattern, format }: SchemaObject, context: CompileContext): PatternSource {
  if (typeof pattern === 'string') return { keyword: 'pattern', source: pattern };
  if (pattern !== undefined) return context.fail('pattern', 'must be a string');
  const isKnown = typeof format === 'string' && Object.hasOwn(formatPatterns, format);
  return { keyword: 'format', source: isKnown ? formatPatterns[format] : undefined };
}

function fromTree(
  node: PatternNode,
  range: LengthRange,
  builder: GrammarBuilder,
): string | undefined {
  const fitting = withLength(node, range);
  return fitting && patternToGbnf(fitting, builder);
}

/** One rule for each state: whatever was read, one rule says what may follow. */
function fromAutomaton(
  node: PatternNode,
  range: LengthRange,
  builder: GrammarBuilder,
): string | undefined {
  const automaton = withinLength(determinise(node), range);
  const names = automaton.map(() => builder.declare('state'));
  for (const [index, { moves, isEnd }] of automaton.entries()) {
    const ways = moves.map(({ set, to }) => `${characterToGbnf(set, builder)} ${names[to] ?? ''}`);
    const all = [...ways, ...(isEnd ? ['""'] : [])];
    if (all.length > 0) builder.define(names[index] ?? '', alternatives(all));
  }
  return names[0];
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
