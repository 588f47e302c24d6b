import { MillpondError } from '../../core/error.ts';

/** llama.cpp refuses bigger counts, and expands each optional repetition into a rule of its own. */
const repetitionBlock = 1000;
/** More than any context holds: a larger bound is no bound. */
const unreachableCount = 1_000_000;

/** llama.cpp takes some tens of milliseconds for one of this size, and seconds for ten times as much. */
const largestGrammarCharacters = 150_000;

/** Writes text as a GBNF literal. */
export function literal(text: string): string {
  return `"${Array.from(text, escapeInLiteral).join('')}"`;
}

function escapeInLiteral(char: string): string {
  if (char === '"' || char === '\\') return `\\${char}`;
  if (char === '\n') return '\\n';
  if (char === '\r') return '\\r';
  if (char === '\t') return '\\t';
  return char < ' ' ? `\\x${hex(char.charCodeAt(0), 2)}` : char;
}

/** Writes inclusive ranges of code points as a GBNF character class. */
export function characterClass(ranges: readonly (readonly [number, number])[]): string {
  const parts = ranges.map(([first, last]) =>
    first === last ? escapeInClass(first) : `${escapeInClass(first)}-${escapeInClass(last)}`,
  );
  return `[${parts.join('')}]`;
}

function escapeInClass(codePoint: number): string {
  const char = String.fromCodePoint(codePoint);
  if (/[A-Za-z0-9 _.,:;/@]/.test(char)) return char;
  if (codePoint <= 0xff) return `\\x${hex(codePoint, 2)}`;
  return codePoint <= 0xffff ? `\\u${hex(codePoint, 4)}` : `\\U${hex(codePoint, 8)}`;
}

function hex(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, '0');
}

/** Collects the rules of one grammar. Equal bodies share a rule. */
export class GrammarBuilder {
  private readonly rules = new Map<string, string>();
  private readonly byBody = new Map<string, string>();
  private readonly counts = new Map<string, number>();

  constructor() {
    this.counts.set('root', 1);
  }

  /** A rule with this body, named after the hint; returns its name. A single name or literal needs none. */
  rule(hint: string, body: string): string {
    if (isAtom(body)) return body;
    const known = this.byBody.get(body);
    if (known !== undefined) return known;
    const name = this.declare(hint);
    this.define(name, body);
    return name;
  }

  /** A name whose body follows later: what recursion needs. */
  declare(hint: string): string {
    const base = hint.replace(/[^A-Za-z0-9]+/g, '-').replace(/^-+|-+$/g, '') || 'rule';
    const count = (this.counts.get(base) ?? 0) + 1;
    this.counts.set(base, count);
    return count === 1 ? base : this.declare(`${base}-n${count}`);
  }

  define(name: string, body: string): void {
    this.rules.set(name, body);
    if (!this.byBody.has(body)) this.byBody.set(body, name);
  }

  /** `item` at least `min` and at most `max` times. */
  repeat(item: string, min: number, max: number | undefined): string {
    const atom = this.rule('item', item);
    if (max === 0) return '""';
    if (min === 1 && max === 1) return atom;
    if (min > repetitionBlock) {
      const blocks = Math.floor(min / repetitionBlock);
      const block = this.rule('block', `${atom}{${repetitionBlock}}`);
      const rest = min - blocks * repetitionBlock;
      const more = max === undefined ? undefined : max - blocks * repetitionBlock;
      return `${this.repeat(block, blocks, blocks)} ${this.repeat(atom, rest, more)}`;
    }
    if (max === undefined || max > unreachableCount) {
      return min <= 1 ? `${atom}${min === 0 ? '*' : '+'}` : `${atom}{${min},}`;
    }
    if (max <= repetitionBlock)
      return min === 0 && max === 1 ? `${atom}?` : `${atom}{${min},${max}}`;
    return `${min === 0 ? '' : `${atom}{${min}} `}${this.upTo(atom, max - min)}`;
  }

  private upTo(atom: string, max: number): string {
    const blocks = Math.floor(max / repetitionBlock);
    const rest = max - blocks * repetitionBlock;
    if (blocks === 0) return `${atom}{0,${max}}`;
    const block = this.rule('block', `${atom}{${repetitionBlock}}`);
    const notFull = `${block}{0,${blocks - 1}} ${atom}{0,${repetitionBlock - 1}}`;
    const full = `${block}{${blocks}} ${rest === 0 ? '""' : `${atom}{0,${rest}}`}`;
    return this.rule('up-to', `${notFull} | ${full}`);
  }

  /**
   * The whole grammar in GBNF, beginning with its `root`. Throws `invalid-request` for one that an
   * engine could not follow in time.
   */
  build(root: string): string {
    const lines = [...this.rules].map(([name, body]) => `${name} ::= ${body}`);
    const grammar = [`root ::= ${root}`, ...lines, ''].join('\n');
    if (grammar.length <= largestGrammarCharacters) return grammar;
    throw new MillpondError(
      'invalid-request',
      'The schema is too large to hold an answer to; ask for less at once',
      { reason: 'unsupported_schema' },
    );
  }
}

/** One rule name, literal or class: may be repeated and put in sequences as it is. */
export function isAtom(expression: string): boolean {
  return /^(?:[A-Za-z0-9-]+|"(?:[^"\\]|\\.)*"|\[(?:[^\]\\]|\\.)*\])$/u.test(expression);
}

export function alternatives(options: readonly string[]): string {
  return [...new Set(options)].join(' | ');
}
