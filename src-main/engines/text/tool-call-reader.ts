import { isJsonWhitespace, JsonValueReader } from './json-value-reader.ts';

const callKeys: ReadonlySet<string> = new Set(['name', 'arguments', 'parameters', 'type', 'id']);

export type ReadProgress = 'more' | 'done' | 'broken';

/**
 * Reads one call, `{"name": …, "arguments": {…}}`, a character at a time: the name as soon as it
 * is complete, then the arguments as raw JSON text while they are written. Fields may come in
 * any order; fields of no meaning are skipped.
 */
export class ToolCallReader {
  private writtenName: string | undefined;
  /** The object may as well be an answer in JSON: refuse fields that calls do not have. */
  private readonly isStrict: boolean;
  private readonly endsWithArguments: boolean;
  private expected: 'object' | 'key' | 'colon' | 'value' | 'separator' = 'object';
  private isFirstKey = true;
  private key: string | undefined;
  private value: JsonValueReader | undefined;
  private raw = '';
  private ready = '';
  private hasArguments = false;

  /** With a `name` only the arguments follow, as in `[TOOL_CALLS]name[ARGS]{…}`. */
  constructor(options: { readonly isStrict: boolean; readonly name?: string }) {
    this.isStrict = options.isStrict;
    this.endsWithArguments = options.name !== undefined;
    if (options.name === undefined) return;
    this.writtenName = options.name;
    this.key = 'arguments';
    this.expected = 'value';
  }

  /** Known once the model has written it; in a strict reading once the arguments follow too. */
  get name(): string | undefined {
    return this.isStrict && !this.hasArguments && !this.isArguments ? undefined : this.writtenName;
  }

  /** Takes the part of the arguments that has become known; empty while the name is not. */
  takeArguments(): string {
    if (this.name === undefined) return '';
    const text = this.ready;
    this.ready = '';
    return text;
  }

  /** `broken` means that this character can't belong to a call. After `done` push no more. */
  push(char: string): ReadProgress {
    if (this.value === undefined) return this.pushBetween(char);
    const place = this.value.push(char);
    if (place !== 'past') this.collect(char);
    if (place === 'inside') return 'more';
    const progress = this.endValue();
    return place === 'past' && progress === 'more' ? this.pushBetween(char) : progress;
  }

  private pushBetween(char: string): ReadProgress {
    if (isJsonWhitespace(char)) return 'more';
    switch (this.expected) {
      case 'object':
        return this.follow(char === '{', 'key');
      case 'key':
        if (char === '}' && this.isFirstKey) return this.endObject();
        this.isFirstKey = false;
        return char === '"' ? this.beginValue(char) : 'broken';
      case 'colon':
        return this.follow(char === ':', 'value');
      case 'value':
        return this.beginValue(char);
      case 'separator':
        return char === '}' ? this.endObject() : this.follow(char === ',', 'key');
    }
  }

  private follow(isAsExpected: boolean, next: 'key' | 'value'): ReadProgress {
    this.expected = next;
    return isAsExpected ? 'more' : 'broken';
  }

  private beginValue(char: string): ReadProgress {
    this.value = JsonValueReader.startingWith(char);
    if (this.value === undefined) return 'broken';
    this.raw = '';
    this.collect(char);
    return 'more';
  }

  private collect(char: string): void {
    if (this.isArguments && this.value?.kind === 'container') this.ready += char;
    else this.raw += char;
  }

  private get isArguments(): boolean {
    return (
      this.expected === 'value' &&
      this.value !== undefined &&
      (this.key === 'arguments' || this.key === 'parameters')
    );
  }

  private endValue(): ReadProgress {
    const { isArguments } = this;
    const kind = this.value?.kind;
    this.value = undefined;
    if (this.expected === 'key') return this.endKey();
    if (this.key === 'name') {
      const name = decodeString(this.raw);
      if (name === undefined || name === '') return 'broken';
      this.writtenName ??= name;
    } else if (isArguments) {
      this.hasArguments = true;
      if (kind !== 'container') this.ready += this.looseArguments();
      if (this.endsWithArguments) return 'done';
    }
    this.expected = 'separator';
    return 'more';
  }

  private endKey(): ReadProgress {
    this.key = decodeString(this.raw);
    this.expected = 'colon';
    const isKnown = this.key !== undefined && callKeys.has(this.key);
    return isKnown || (!this.isStrict && this.key !== undefined) ? 'more' : 'broken';
  }

  /** Some models write the arguments as JSON inside a string, or `null` for none. */
  private looseArguments(): string {
    if (this.raw === 'null') return '{}';
    const inner = decodeString(this.raw)?.trim();
    return inner?.startsWith('{') === true ? inner : this.raw;
  }

  private endObject(): ReadProgress {
    if (this.name === undefined) return 'broken';
    if (!this.hasArguments) this.ready = '{}';
    return 'done';
  }
}

/** The string a JSON literal stands for; undefined when it is not a string. */
function decodeString(literal: string): string | undefined {
  try {
    const value: unknown = JSON.parse(literal);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined; // models write broken escapes: the caller treats it as text
  }
}
