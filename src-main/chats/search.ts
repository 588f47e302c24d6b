import type { SearchTerm } from './ports.ts';

// SQLite's word index finds no Chinese: it takes a whole run of characters for one word. So runs of
// CJK are indexed as overlapping pairs, followed by their last character: `今天天气` becomes
// `今天 天天 天气 气`. Two characters are then one token, three are two neighbours, and a single one
// is the beginning of some token.

const cjk = String.raw`[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]`;
const wordCharacter = String.raw`[[\p{L}\p{N}\p{M}]--${cjk}]`;
const cjkRuns = new RegExp(`${cjk}+`, 'gv');
const queryWords = new RegExp(`(?<cjk>${cjk}+)|${wordCharacter}+`, 'gv');

/** Around a match in an excerpt. */
export const matchStart = '\uE000';
export const matchEnd = '\uE001';

const excerptBefore = 40;
const excerptAfter = 100;

/** The words of a text as the index wants them. */
export function indexText(text: string): string {
  return text.normalize('NFKC').replaceAll(cjkRuns, (run) => {
    const characters = Array.from(run);
    return ` ${[...pairs(characters), characters.at(-1) ?? ''].join(' ')} `;
  });
}

export interface ChatSearch {
  /** All of them must occur. Empty when the query holds no word. */
  readonly terms: readonly SearchTerm[];
  /** Finds the words in a text folded with `fold`. */
  readonly pattern: RegExp;
}

/** Reads what a person typed. The last word may be unfinished. */
export function parseSearch(query: string): ChatSearch {
  const found = [...query.normalize('NFKC').matchAll(queryWords)];
  const words = found.map((match, index) => ({
    text: match[0],
    isCjk: match.groups?.['cjk'] !== undefined,
    isLast: index === found.length - 1,
  }));
  const terms = words.map(({ text, isCjk, isLast }): SearchTerm => {
    const characters = Array.from(text);
    if (!isCjk) return { tokens: [text], isPrefix: isLast };
    if (characters.length === 1) return { tokens: characters, isPrefix: true };
    return { tokens: pairs(characters), isPrefix: false };
  });
  const sources = words.map(({ text, isCjk, isLast }) => {
    const folded = fold(text).text; // letters and digits only: nothing to escape
    if (isCjk) return folded;
    // Looking back from behind the word: in front of it every position of the text would be tested.
    return `${folded}(?<!${wordCharacter}${folded})${isLast ? '' : `(?!${wordCharacter})`}`;
  });
  return { terms, pattern: new RegExp(sources.join('|') || '(?!)', 'gv') };
}

/** The text around the first match, every match in it marked; undefined when nothing matches. */
export function excerpt(text: string, pattern: RegExp): string | undefined {
  const plain = text.replaceAll(/[\s\uE000\uE001]+/gu, ' ').trim();
  const folded = fold(plain);
  const matches = Array.from(folded.text.matchAll(pattern), (match) => ({
    start: folded.origin[match.index] ?? 0,
    end: folded.origin[match.index + match[0].length] ?? plain.length,
  })).filter(({ start, end }) => end > start);
  const first = matches[0];
  if (first === undefined) return undefined;
  const from = wholeCharacter(plain, Math.max(0, first.start - excerptBefore));
  const to = wholeCharacter(plain, Math.min(plain.length, first.end + excerptAfter));
  let marked = from > 0 ? '…' : '';
  let at = from;
  for (const { start, end } of matches) {
    if (start < at || end > to) continue;
    marked += plain.slice(at, start) + matchStart + plain.slice(start, end) + matchEnd;
    at = end;
  }
  return marked + plain.slice(at, to) + (to < plain.length ? '…' : '');
}

interface Folded {
  readonly text: string;
  /** For each unit of `text`, where its character begins in the original. */
  readonly origin: readonly number[];
}

/** Lower case without accents and widths, as the index compares. */
function fold(original: string): Folded {
  let text = '';
  const origin: number[] = [];
  let at = 0;
  for (const character of original) {
    const plain = foldCharacter(character);
    if (plain.length === 1) origin.push(at);
    else origin.push(...Array.from({ length: plain.length }, () => at));
    text += plain;
    at += character.length;
  }
  return { text, origin };
}

function foldCharacter(character: string): string {
  const code = character.charCodeAt(0);
  // Nearly all text is one of these two, and normalising costs a hundred times as much.
  if (code < 0x80) return character.toLowerCase();
  if (code >= 0x4e00 && code <= 0x9fff) return character;
  return character.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
}

function pairs(characters: readonly string[]): string[] {
  return characters.slice(1).map((character, index) => `${characters[index] ?? ''}${character}`);
}

/** Moves an offset off the middle of a surrogate pair. */
function wholeCharacter(text: string, offset: number): number {
  const unit = text.charCodeAt(offset);
  return unit >= 0xdc00 && unit <= 0xdfff ? offset - 1 : offset;
}
