/** A small recogniser for GBNF, for tests: says whether a whole text follows a grammar's `root`. */
type Node =
  | { readonly type: 'text'; readonly chars: readonly string[] }
  | { readonly type: 'class'; readonly test: RegExp }
  | { readonly type: 'rule'; readonly name: string }
  | { readonly type: 'sequence'; readonly items: readonly Node[] }
  | { readonly type: 'choice'; readonly options: readonly Node[] }
  | { readonly type: 'repeat'; readonly item: Node; readonly min: number; readonly max: number };

const tokenPattern =
  /"(?:[^"\\]|\\.)*"|\[(?:[^\]\\]|\\.)*\]|[A-Za-z0-9-]+|\{\d+(?:,\d*)?\}|[()|*+?]/gsu;

export function createAcceptor(gbnf: string): (text: string) => boolean {
  const rules = new Map<string, Node>();
  for (const line of gbnf.trim().split('\n')) {
    const [name = '', body = ''] = line.split(/ ::= (.*)/s);
    rules.set(name, new BodyParser(body.match(tokenPattern) ?? []).choice());
  }
  return (text) => new Matcher(rules, Array.from(text)).matchesAll();
}

class BodyParser {
  private readonly tokens: readonly string[];
  private at = 0;

  constructor(tokens: readonly string[]) {
    this.tokens = tokens;
  }

  choice(): Node {
    const options = [this.sequence()];
    while (this.tokens[this.at] === '|') {
      this.at += 1;
      options.push(this.sequence());
    }
    return { type: 'choice', options };
  }

  private sequence(): Node {
    const items: Node[] = [];
    for (;;) {
      const token = this.tokens[this.at];
      if (token === undefined || token === '|' || token === ')') return { type: 'sequence', items };
      this.at += 1;
      items.push(this.quantified(this.atom(token)));
    }
  }

  private atom(token: string): Node {
    if (token === '(') {
      const node = this.choice();
      this.at += 1;
      return node;
    }
    if (token.startsWith('"')) {
      return { type: 'text', chars: Array.from(unescape(token.slice(1, -1))) };
    }
    if (token.startsWith('[')) {
      const source = token.replace(
        /\\U([0-9A-F]{8})/g,
        (_, hex: string) => `\\u{${hex.replace(/^0+/, '')}}`,
      );
      return {
        type: 'class',
        test: new RegExp(
          `^${source.replace(/(?<=\[\^?)"|(?<!^)\[/g, '\\$&').replaceAll('\\"', '"')}$`,
          'u',
        ),
      };
    }
    return { type: 'rule', name: token };
  }

  private quantified(item: Node): Node {
    const token = this.tokens[this.at] ?? '';
    const bounds = /^\{(\d+)(,(\d*))?\}$/.exec(token);
    const simple = { '*': [0, Infinity], '+': [1, Infinity], '?': [0, 1] }[token];
    if (simple === undefined && bounds === null) return item;
    this.at += 1;
    const [min = 0, max = 0] = simple ?? [
      Number(bounds?.[1]),
      bounds?.[2] === undefined
        ? Number(bounds?.[1])
        : bounds[3] === ''
          ? Infinity
          : Number(bounds[3]),
    ];
    return { type: 'repeat', item, min, max };
  }
}

function unescape(text: string): string {
  return text.replace(/\\(x([0-9A-F]{2})|.)/gs, (_, char: string, hex?: string) => {
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
    return { n: '\n', r: '\r', t: '\t' }[char] ?? char;
  });
}

class Matcher {
  private readonly rules: ReadonlyMap<string, Node>;
  private readonly text: readonly string[];
  private readonly known = new Map<string, ReadonlySet<number>>();

  constructor(rules: ReadonlyMap<string, Node>, text: readonly string[]) {
    this.rules = rules;
    this.text = text;
  }

  matchesAll(): boolean {
    return this.ends({ type: 'rule', name: 'root' }, 0).has(this.text.length);
  }

  /** All places where a match that begins at `from` can end. */
  private ends(node: Node, from: number): ReadonlySet<number> {
    switch (node.type) {
      case 'text': {
        const isHere = node.chars.every((char, index) => this.text[from + index] === char);
        return new Set(isHere ? [from + node.chars.length] : []);
      }
      case 'class': {
        const char = this.text[from];
        return new Set(char !== undefined && node.test.test(char) ? [from + 1] : []);
      }
      case 'rule':
        return this.ruleEnds(node.name, from);
      case 'choice':
        return new Set(node.options.flatMap((option) => [...this.ends(option, from)]));
      case 'sequence':
        return node.items.reduce<ReadonlySet<number>>(
          (starts, item) => new Set([...starts].flatMap((start) => [...this.ends(item, start)])),
          new Set([from]),
        );
      case 'repeat':
        return this.repeatEnds(node, from);
    }
  }

  private ruleEnds(name: string, from: number): ReadonlySet<number> {
    const key = `${name}@${from}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const rule = this.rules.get(name);
    if (rule === undefined) throw new Error(`the grammar has no rule '${name}'`);
    const found = this.ends(rule, from);
    this.known.set(key, found);
    return found;
  }

  private repeatEnds(
    { item, min, max }: Extract<Node, { type: 'repeat' }>,
    from: number,
  ): ReadonlySet<number> {
    const found = new Set<number>(min === 0 ? [from] : []);
    let current: ReadonlySet<number> = new Set([from]);
    for (let count = 1; count <= max && current.size > 0; count++) {
      current = new Set([...current].flatMap((start) => [...this.ends(item, start)]));
      const before = found.size;
      if (count >= min) for (const end of current) found.add(end);
      if (count > min && found.size === before) break;
    }
    return found;
  }
}
