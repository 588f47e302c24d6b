import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { Document, Node } from 'yaml';
import type { ConfigProblem } from '../../contract/config.ts';
import { expandVariables } from './variables.ts';

export type TreePath = readonly (string | number)[];

/** A variable that is not set, and which value would have had it. */
export interface MissingVariable extends ConfigProblem {
  readonly path: TreePath;
  readonly variable: string;
}

/** A YAML text as plain values, with the place of each. */
export interface Tree {
  readonly value: unknown;
  /** What makes it no sensible YAML; the value is not to be used then. */
  readonly problems: readonly ConfigProblem[];
  readonly missing: readonly MissingVariable[];
  /** Where a value stands, or the nearest one around it that is there. */
  locate(path: TreePath): Pick<ConfigProblem, 'line' | 'column'>;
  /** Where the name of a field stands. */
  locateKey(path: TreePath): Pick<ConfigProblem, 'line' | 'column'>;
}

const deepest = 32;
/** References multiply: a few lines may say a million values. */
const mostValues = 50_000;

export function readTree(text: string, env: Readonly<Record<string, string | undefined>>): Tree {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const reader = new TreeReader(text, document, lines, env);
  const [first] = document.errors;
  if (first !== undefined) {
    // What follows the first mistake in the structure are its consequences.
    const problems = [reader.syntaxProblem(first.pos[0], first.message)];
    return { value: undefined, problems, missing: [], ...reader.finders };
  }
  const value = reader.read(document.contents, []);
  return { value, problems: reader.problems, missing: reader.missing, ...reader.finders };
}

class TreeReader {
  readonly problems: ConfigProblem[] = [];
  readonly missing: MissingVariable[] = [];
  readonly finders: Pick<Tree, 'locate' | 'locateKey'>;
  private readonly text: string;
  private readonly document: Document.Parsed;
  private readonly lines: LineCounter;
  private readonly env: Readonly<Record<string, string | undefined>>;
  private readonly places = new Map<string, number>();
  private readonly keys = new Map<string, number>();
  private values = 0;

  constructor(
    text: string,
    document: Document.Parsed,
    lines: LineCounter,
    env: Readonly<Record<string, string | undefined>>,
  ) {
    this.text = text;
    this.document = document;
    this.lines = lines;
    this.env = env;
    this.finders = {
      locate: (path) => this.at(this.placeOf(path)),
      locateKey: (path) => this.at(this.keys.get(keyOf(path)) ?? this.placeOf(path)),
    };
  }

  at(offset: number): Pick<ConfigProblem, 'line' | 'column'> {
    const { line, col } = this.lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  }

  syntaxProblem(offset: number, message: string): ConfigProblem {
    const place = this.at(offset);
    const line = this.text.split('\n')[place.line - 1] ?? '';
    const isBareVariable = /[[{,:]\s*\$\{/.test(line) && /^[^'"]*[[{]/.test(line);
    const hint = isBareVariable ? '; inside { } and [ ] put ${…} in quotes' : '';
    return { ...place, message: `${sentence(message)}${hint}` };
  }

  read(node: Node | null, path: TreePath): unknown {
    this.values += 1;
    if (path.length > deepest || this.values > mostValues) {
      if (this.problems.length === 0) {
        this.problems.push({ ...this.at(node?.range?.[0] ?? 0), message: 'This says too much' });
      }
      return undefined;
    }
    if (node === null) return null;
    if (!this.places.has(keyOf(path))) this.places.set(keyOf(path), node.range?.[0] ?? 0);
    if (isAlias(node)) return this.read(node.resolve(this.document) ?? null, path);
    if (isMap(node)) return this.readMap(node.items, path);
    if (isSeq(node))
      return node.items.map((item, index) => this.read(nodeOf(item), [...path, index]));
    if (!isScalar(node)) return undefined;
    return typeof node.value === 'string' ? this.readText(node.value, node, path) : node.value;
  }

  private readMap(items: readonly { key: unknown; value: unknown }[], path: TreePath): unknown {
    return Object.fromEntries(
      items.map(({ key, value }) => {
        const name = isScalar(key) ? String(key.value) : '';
        const inside = [...path, name];
        if (isScalar(key)) this.keys.set(keyOf(inside), key.range?.[0] ?? 0);
        return [name, this.read(nodeOf(value), inside)];
      }),
    );
  }

  private readText(value: string, node: Node, path: TreePath): unknown {
    const { text, isChanged, troubles } = expandVariables(value, this.env);
    const [from = 0, to = from] = node.range ?? [];
    const written = this.text.slice(from, to);
    let behind = 0;
    for (const { message, variable, offset } of troubles) {
      // The text may be folded or escaped: the variable itself is looked for where it was written.
      const sought = variable === undefined ? '${' : `\${${variable}`;
      const found = written.indexOf(sought, behind);
      behind = Math.max(found, behind);
      const place = this.at(from + (found < 0 ? offset : found));
      if (variable === undefined) this.problems.push({ ...place, message });
      else this.missing.push({ ...place, message, variable, path });
    }
    return isChanged ? text : value;
  }

  private placeOf(path: TreePath): number {
    for (let length = path.length; length >= 0; length -= 1) {
      const place = this.places.get(keyOf(path.slice(0, length)));
      if (place !== undefined) return place;
    }
    return 0;
  }
}

const keyOf = (path: TreePath): string => JSON.stringify(path);

function nodeOf(value: unknown): Node | null {
  return isScalar(value) || isMap(value) || isSeq(value) || isAlias(value) ? value : null;
}

function sentence(message: string): string {
  const first = message.split('\n')[0] ?? message;
  return first.replace(/ at line \d+, column \d+:?$/, '');
}
