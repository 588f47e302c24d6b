/**
 * Cuts Markdown into top-level blocks that render alone as they would together. While an answer
 * streams, only its last block changes, so every other one is rendered once.
 *
 * Cuts happen at blank lines only, and never inside fenced code, display math or a list. Text that
 * defines references or footnotes stays whole, because those reach across blocks.
 */
export function markdownBlocks(text: string): readonly string[] {
  if (referenceDefinition.test(text)) return [text];
  const blocks: string[] = [];
  let lines: string[] = [];
  let fence: Fence | undefined;
  let isAfterBlank = false;
  for (const line of text.split('\n')) {
    const isBlank = line.trim() === '';
    if (fence === undefined && isAfterBlank && !isBlank && !continuesBlock(lines, line)) {
      blocks.push(lines.join('\n'));
      lines = [];
    }
    fence = nextFence(fence, line);
    lines.push(line);
    isAfterBlank = isBlank;
  }
  if (lines.some((line) => line.trim() !== '')) blocks.push(lines.join('\n'));
  return blocks.map((block) => block.replace(/\n+$/, '')).filter((block) => block.trim() !== '');
}

/** What an open fence waits for. */
interface Fence {
  readonly marker: '`' | '~' | '$' | '\\]';
  readonly length: number;
}

const referenceDefinition = /^ {0,3}\[[^\]\n]+\]:/m;
const fenceOpening = /^\s*(?:(?:[-+*]|\d{1,9}[.)])\s+)*(`{3,}|~{3,})/;
const listMarker = /^(\s*)(?:[-+*]|\d{1,9}[.)])(?:\s|$)/;

function nextFence(open: Fence | undefined, line: string): Fence | undefined {
  const trimmed = line.trim();
  if (open === undefined) {
    const code = fenceOpening.exec(line)?.[1];
    if (code !== undefined) {
      const marker = code.startsWith('`') ? '`' : '~';
      // A line of back-ticks that also closes them is inline code.
      if (marker === '`' && line.slice(line.indexOf(code) + code.length).includes('`')) {
        return undefined;
      }
      return { marker, length: code.length };
    }
    if (/^\$\$(?!.*\$\$)/.test(trimmed)) return { marker: '$', length: 2 };
    if (trimmed.startsWith('\\[') && !trimmed.includes('\\]')) return { marker: '\\]', length: 2 };
    return undefined;
  }
  return closes(open, trimmed) ? undefined : open;
}

function closes(open: Fence, trimmed: string): boolean {
  if (open.marker === '\\]') return trimmed.endsWith('\\]');
  if (open.marker === '$') return trimmed.endsWith('$$');
  return trimmed.length >= open.length && trimmed.replaceAll(open.marker, '') === '';
}

/** A line after a blank one still belongs to the block: indented below it, or the next list item. */
function continuesBlock(lines: readonly string[], line: string): boolean {
  const first = lines.find((candidate) => candidate.trim() !== '');
  if (first === undefined) return true;
  if (/^(?: {2,}|\t)/.test(line)) return true;
  return listMarker.test(first) && listMarker.test(line);
}
