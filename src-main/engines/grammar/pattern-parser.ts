import {
  allButNewlines,
  anyCodePoint,
  type CodePoints,
  complement,
  digits,
  normalize,
  whiteSpace,
  wordCharacters,
} from './code-points.ts';

/** A regular expression as a tree. Anchors are gone: the tree describes the whole string. */
export type PatternNode =
  | { readonly type: 'character'; readonly set: CodePoints }
  | { readonly type: 'sequence'; readonly items: readonly PatternNode[] }
  | { readonly type: 'choice'; readonly options: readonly PatternNode[] }
  | {
      readonly type: 'repeat';
      readonly item: PatternNode;
      readonly min: number;
      readonly max: number;
    };

const longestPattern = 5000;
const deepestGroup = 100;

/** What a pattern uses that a grammar can't express, in words. */
export class PatternError extends Error {}

const anything: PatternNode = {
  type: 'repeat',
  item: { type: 'character', set: anyCodePoint },
  min: 0,
  max: Infinity,
};

const controlEscapes: Readonly<Record<string, number>> = {
  n: 10,
  r: 13,
  t: 9,
  v: 11,
  f: 12,
  '0': 0,
};
const classEscapes: Readonly<Record<string, CodePoints>> = {
  d: digits,
  D: complement(digits),
  w: wordCharacters,
  W: complement(wordCharacters),
  s: whiteSpace,
  S: complement(whiteSpace),
};

/** Parses an ECMAScript regular expression. Throws `PatternError`. */
export function parsePattern(source: string): PatternNode {
  if (source.length > longestPattern) throw new PatternError('is too long');
  try {
    new RegExp(source, 'u');
  } catch {
    try {
      new RegExp(source);
    } catch {
      throw new PatternError('is not a regular expression');
    }
  }
  return new PatternParser(source).parse();
}

class PatternParser {
  private readonly source: readonly string[];
  private at = 0;
  private depth = 0;

  constructor(source: string) {
    this.source = Array.from(source);
  }

  parse(): PatternNode {
    return this.choice(true);
  }

  private get next(): string | undefined {
    return this.source[this.at];
  }

  private take(text: string): boolean {
    if (!Array.from(text).every((char, index) => this.source[this.at + index] === char))
      return false;
    this.at += text.length;
    return true;
  }

  private choice(isTop: boolean): PatternNode {
    const options = [this.sequence(isTop)];
    while (this.take('|')) options.push(this.sequence(isTop));
    const [only] = options;
    return options.length === 1 && only !== undefined ? only : { type: 'choice', options };
  }

  /** At the top a branch that isn't anchored may stand anywhere inside the string. */
  private sequence(isTop: boolean): PatternNode {
    const items: PatternNode[] = [];
    const isAnchoredStart = isTop && this.take('^');
    let isAnchoredEnd = false;
    while (this.next !== undefined && this.next !== '|' && this.next !== ')') {
      if (isTop && this.next === '$' && this.isBranchEnd(this.at + 1)) {
        this.at += 1;
        isAnchoredEnd = true;
      } else if (isTop && items.length === 0 && this.isAnchoredGroup()) {
        items.push(this.anchoredGroup());
        return { type: 'sequence', items };
      } else {
        items.push(this.quantified(this.term()));
      }
    }
    if (!isTop) return { type: 'sequence', items };
    return {
      type: 'sequence',
      items: [
        ...(isAnchoredStart ? [] : [anything]),
        ...items,
        ...(isAnchoredEnd ? [] : [anything]),
      ],
    };
  }

  private isBranchEnd(at: number): boolean {
    return at >= this.source.length || this.source[at] === '|';
  }

  /** `(^a$|^b$)` as a whole: anchors inside the one group that is the whole pattern. */
  private isAnchoredGroup(): boolean {
    if (this.at !== 0 || this.next !== '(' || this.source.at(-1) !== ')') return false;
    const text = this.source.join('');
    return /^\((?:\?:)?\^/.test(text) && !text.slice(1, -1).includes(')');
  }

  private anchoredGroup(): PatternNode {
    this.at += 1;
    this.take('?:');
    const node = this.choice(true);
    this.at += 1;
    return node;
  }

  private quantified(item: PatternNode): PatternNode {
    const [min, max] = this.quantifier() ?? [1, 1];
    if (min === 1 && max === 1) return item;
    this.take('?'); // lazy or greedy: the language is the same
    return { type: 'repeat', item, min, max };
  }

  private quantifier(): [number, number] | undefined {
    if (this.take('*')) return [0, Infinity];
    if (this.take('+')) return [1, Infinity];
    if (this.take('?')) return [0, 1];
    const match = /^\{(\d+)(,(\d*))?\}/.exec(this.source.slice(this.at, this.at + 24).join(''));
    if (match === null) return undefined;
    const [all, min = '0', comma, max] = match;
    this.at += all.length;
    const least = Number(min);
    if (comma === undefined) return [least, least];
    return [least, max === undefined || max === '' ? Infinity : Number(max)];
  }

  private term(): PatternNode {
    if (this.take('(')) return this.group();
    if (this.take('[')) return { type: 'character', set: this.characterClass() };
    if (this.take('.')) return { type: 'character', set: allButNewlines };
    if (this.next === '^' || this.next === '$') throw new PatternError('has an anchor inside it');
    if (this.take('\\')) return { type: 'character', set: this.escape() };
    return { type: 'character', set: this.single() };
  }

  private group(): PatternNode {
    if (this.next === '?') {
      const start = this.source.slice(this.at, this.at + 3).join('');
      if (/^\?(?:=|!|<=|<!)/.test(start)) throw new PatternError('uses lookaround');
      if (start.startsWith('?:')) this.at += 2;
      else if (start.startsWith('?<')) this.at = this.source.indexOf('>', this.at) + 1;
      else throw new PatternError('uses flags inside it');
    }
    this.depth += 1;
    if (this.depth > deepestGroup) throw new PatternError('nests too deeply');
    const node = this.choice(false);
    this.depth -= 1;
    this.at += 1; // the closing bracket: RegExp has checked that it is there
    return node;
  }

  private single(): CodePoints {
    const codePoint = this.next?.codePointAt(0) ?? 0;
    this.at += 1;
    return [[codePoint, codePoint]];
  }

  private characterClass(): CodePoints {
    const isNegated = this.take('^');
    const ranges: (readonly [number, number])[] = [];
    while (this.next !== undefined && !this.take(']')) {
      const from = this.classAtom();
      const isRange = this.next === '-' && this.source[this.at + 1] !== ']' && isSingle(from);
      if (!isRange) {
        ranges.push(...from);
        continue;
      }
      this.at += 1;
      const to = this.classAtom();
      if (isSingle(to)) ranges.push([from[0]?.[0] ?? 0, to[0]?.[0] ?? 0]);
      else ranges.push(...from, [0x2d, 0x2d], ...to);
    }
    return isNegated ? complement(ranges) : normalize(ranges);
  }

  private classAtom(): CodePoints {
    if (!this.take('\\')) return this.single();
    if (this.take('b')) return [[8, 8]];
    return this.escape();
  }

  private escape(): CodePoints {
    const char = this.next ?? '';
    this.at += 1;
    const set = classEscapes[char];
    if (set !== undefined) return set;
    const control = controlEscapes[char];
    if (control !== undefined) return [[control, control]];
    if (char === 'x') return this.hexEscape(/^[\dA-Fa-f]{2}/);
    if (char === 'u') return this.hexEscape(/^(?:\{[\dA-Fa-f]+\}|[\dA-Fa-f]{4})/);
    if (/[1-9k]/.test(char)) throw new PatternError('uses back-references');
    if (/[bB]/.test(char)) throw new PatternError('uses word boundaries');
    if (/[pPc]/.test(char)) throw new PatternError(`uses \\${char}`);
    const codePoint = char.codePointAt(0) ?? 0;
    return [[codePoint, codePoint]];
  }

  private hexEscape(form: RegExp): CodePoints {
    const match = form.exec(this.source.slice(this.at, this.at + 10).join(''));
    if (match === null) throw new PatternError('has an escape that means nothing');
    this.at += match[0].length;
    const codePoint = Number.parseInt(match[0].replace(/[{}]/g, ''), 16);
    return [[codePoint, codePoint]];
  }
}

function isSingle(set: CodePoints): boolean {
  const [first] = set;
  return set.length === 1 && first !== undefined && first[0] === first[1];
}
