import { alternatives, characterClass, type GrammarBuilder, literal } from './gbnf.ts';
import { anyString } from './json-values.ts';

interface Node {
  readonly children: Map<string, Node>;
  isName: boolean;
}

const shortEscapes: readonly string[] = ['\\"', '\\\\', '\\b', '\\f', '\\n', '\\r', '\\t'];

/**
 * A key that is none of `names`, so that a further property never stands in for a listed one.
 * `\u` escapes are left out: they would be a second way to write a listed name.
 */
export function keyOtherThan(names: readonly string[], builder: GrammarBuilder): string {
  if (names.length === 0) return anyString(builder);
  const root: Node = { children: new Map(), isName: false };
  for (const name of names) {
    let node = root;
    for (const unit of unitsOf(name)) {
      const child: Node = node.children.get(unit) ?? { children: new Map(), isName: false };
      node.children.set(unit, child);
      node = child;
    }
    node.isName = true;
  }
  const anyRest = builder.rule('key-char', String.raw`[^"\\\x00-\x1F] | "\\" ["\\bfnrt]`);
  return builder.rule('other-key', String.raw`"\"" ${rest(root, anyRest, builder)} "\""`);
}

/** The characters of a name as JSON writes them. */
function unitsOf(name: string): string[] {
  const text = JSON.stringify(name).slice(1, -1);
  return text.match(/\\u[0-9a-f]{4}|\\.|[^\\]/gsu) ?? [];
}

/** What may follow in a key whose beginning leads to `node`, when it must not end as a name. */
function rest(node: Node, anyRest: string, builder: GrammarBuilder): string {
  const units = [...node.children.keys()];
  const plain = units
    .filter((unit) => !unit.startsWith('\\'))
    .map((unit) => unit.codePointAt(0) ?? 0);
  const differs = characterClass([[0, 0x1f], [0x22, 0x22], [0x5c, 0x5c], ...plain.map(pairOf)]);
  const options = [`${differs.replace('[', '[^')} ${anyRest}*`];
  const escapes = shortEscapes.filter((escape) => !units.includes(escape));
  if (escapes.length > 0) {
    options.push(`( ${alternatives(escapes.map((escape) => literal(escape)))} ) ${anyRest}*`);
  }
  for (const [unit, child] of node.children) {
    options.push(`${literal(unit)} ${rest(child, anyRest, builder)}`);
  }
  const name = builder.rule('not-a-name', alternatives(options));
  return node.isName ? name : `${name}?`;
}

function pairOf(codePoint: number): readonly [number, number] {
  return [codePoint, codePoint];
}
