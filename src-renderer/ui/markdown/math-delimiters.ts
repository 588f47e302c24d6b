/**
 * Turns every way models write formulas into the `$$` that the parser is set to: `\( \)`, `\[ \]`,
 * `$ $` and `$$ $$` on one line. A lone dollar is money unless it hugs its formula (`$x^2$`, not
 * `$5 and $10`): the rule that Pandoc uses. Code is left alone.
 */
export function withMathDelimiters(markdown: string): string {
  if (!markdown.includes('$') && !markdown.includes('\\(') && !markdown.includes('\\[')) {
    return markdown;
  }
  return markdown.replaceAll(codeOrFormula, (...match: unknown[]) => {
    const found = groupsOf(match);
    if (found.display !== undefined) {
      return displayFormula(markdown, found.offset, found.whole.length, found.display.trim());
    }
    return found.inline === undefined ? found.whole : `$$${found.inline.trim()}$$`;
  });
}

const fencedCode =
  /(?<=^|\n)[^\S\n]*(?<fence>`{3,}|~{3,})[^\n]*(?:\n(?![^\S\n]*\k<fence>)[^\n]*)*(?:\n[^\S\n]*\k<fence>[^\n]*|$)/;
const inlineCode = /(?<!`)(?<ticks>`+)(?!`)[\s\S]*?[^`]\k<ticks>(?!`)/;
const display = /\$\$(?<dollars>[\s\S]+?)\$\$|\\\[(?<brackets>[\s\S]+?)\\\]/;
const inline =
  /\\\((?<parentheses>.+?)\\\)|(?<![\\$\w])\$(?![\s$])(?<dollar>(?:\\.|[^$\\\n])*?)(?<![\s\\])\$(?![\d$])/;
const codeOrFormula = new RegExp(
  [fencedCode, inlineCode, display, inline].map((pattern) => pattern.source).join('|'),
  'g',
);

interface Found {
  readonly whole: string;
  readonly offset: number;
  readonly display: string | undefined;
  readonly inline: string | undefined;
}

/** Reads the arguments of a `replaceAll` callback, of which only the ends have a fixed place. */
function groupsOf(match: readonly unknown[]): Found {
  const groups = match.at(-1);
  const group = (name: string): string | undefined => {
    const value: unknown =
      typeof groups === 'object' && groups !== null ? Reflect.get(groups, name) : undefined;
    return typeof value === 'string' ? value : undefined;
  };
  return {
    whole: String(match[0]),
    offset: Number(match.at(-3)),
    display: group('dollars') ?? group('brackets'),
    inline: group('parentheses') ?? group('dollar'),
  };
}

/** A formula with its line to itself becomes a block, with the indentation of the list it is in. */
function displayFormula(markdown: string, start: number, length: number, formula: string): string {
  const lineStart = markdown.lastIndexOf('\n', start - 1) + 1;
  const before = markdown.slice(lineStart, start);
  const after = /^[^\n]*/.exec(markdown.slice(start + length))?.[0] ?? '';
  if (before.trim() !== '' || after.trim() !== '') return `$$${formula.replaceAll('\n', ' ')}$$`;
  const lines = formula.split('\n').map((line) => before + line.trim());
  return ['$$', ...lines, `${before}$$`].join('\n');
}
