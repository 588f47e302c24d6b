const begin = '# >>> millpond launch: this block goes away with `millpond launch --undo`';
const end = '# <<< millpond launch';
const kept = '# millpond launch kept: ';

/** Lines of ours in a text file of somebody else's, between two marks. */
export interface MarkedLines {
  /** In front of everything: what has to stand before the first table of a TOML file. */
  readonly first: readonly string[];
  /** Behind everything. */
  readonly last: readonly string[];
  /** Lines that would contradict ours; they wait as comments. */
  readonly contradicts: (line: string) => boolean;
}

/** The text with our lines in it, in place of those of an earlier launch. */
export function markIn(text: string, { first, last, contradicts }: MarkedLines): string {
  const lines = linesOf(markOut(text)).map((line) => (contradicts(line) ? kept + line : line));
  return joined([...block(first), ...lines, ...block(last)]);
}

/** The text as it was, with everything that somebody else has changed since. */
export function markOut(text: string): string {
  const lines: string[] = [];
  let isOurs = false;
  for (const line of linesOf(text)) {
    if (line === begin) isOurs = true;
    else if (line === end) isOurs = false;
    else if (!isOurs) lines.push(line.startsWith(kept) ? line.slice(kept.length) : line);
  }
  return joined(lines);
}

function block(lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [begin, ...lines, end];
}

function linesOf(text: string): readonly string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

function joined(lines: readonly string[]): string {
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}
