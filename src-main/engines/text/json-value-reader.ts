const whitespace: ReadonlySet<string> = new Set([' ', '\n', '\r', '\t']);

export function isJsonWhitespace(char: string): boolean {
  return whitespace.has(char);
}

/** Finds the end of one JSON value that is read a character at a time. Checks nesting, not grammar. */
export class JsonValueReader {
  readonly kind: 'string' | 'container' | 'scalar';
  private depth: number;
  private isInString: boolean;
  private isEscaped = false;

  private constructor(kind: 'string' | 'container' | 'scalar') {
    this.kind = kind;
    this.isInString = kind === 'string';
    this.depth = kind === 'container' ? 1 : 0;
  }

  /** Undefined when no value begins with this character. */
  static startingWith(char: string): JsonValueReader | undefined {
    if (char === '"') return new JsonValueReader('string');
    if (char === '{' || char === '[') return new JsonValueReader('container');
    return /[-\dtfn]/.test(char) ? new JsonValueReader('scalar') : undefined;
  }

  /** Where a further character stands: `inside` the value, its `last` one, or `past` its end. */
  push(char: string): 'inside' | 'last' | 'past' {
    if (this.kind === 'scalar') return /[\w.+-]/.test(char) ? 'inside' : 'past';
    if (this.isInString) return this.pushInString(char);
    if (char === '"') this.isInString = true;
    else if (char === '{' || char === '[') this.depth += 1;
    else if (char === '}' || char === ']') this.depth -= 1;
    return this.depth === 0 ? 'last' : 'inside';
  }

  private pushInString(char: string): 'inside' | 'last' {
    if (this.isEscaped) {
      this.isEscaped = false;
    } else if (char === '\\') {
      this.isEscaped = true;
    } else if (char === '"') {
      this.isInString = false;
      if (this.depth === 0) return 'last';
    }
    return 'inside';
  }
}
