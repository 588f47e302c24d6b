import { MillpondError } from '../../core/error.ts';

/** The pages that a text such as `1-3, 7, 12-` names, in order, from 1; all of them when it is empty. */
export function parsePageRange(range: string, pageCount: number): readonly number[] {
  const chosen = new Set<number>();
  const pieces = range.split(/[,，;；\s]+/u).filter((piece) => piece !== '');
  if (pieces.length === 0) return pagesBetween(1, pageCount);
  for (const piece of pieces) {
    const match = /^(?<first>\d*)(?<dash>[-–—]?)(?<last>\d*)$/u.exec(piece);
    const { first = '', dash = '', last = '' } = match?.groups ?? {};
    if (first === '' && last === '') throw wrongRange(piece, pageCount);
    const from = first === '' ? 1 : Number(first);
    const to = dash === '' ? from : last === '' ? pageCount : Number(last);
    if (from < 1 || to > pageCount || from > to) throw wrongRange(piece, pageCount);
    for (const page of pagesBetween(from, to)) chosen.add(page);
  }
  return [...chosen].sort((a, b) => a - b);
}

/** The shortest way to write these pages; they are in order. */
export function formatPageRange(pages: readonly number[]): string {
  const runs: { first: number; last: number }[] = [];
  for (const page of pages) {
    const run = runs.at(-1);
    if (run?.last === page - 1) run.last = page;
    else runs.push({ first: page, last: page });
  }
  return runs
    .map(({ first, last }) => (first === last ? String(first) : `${first}-${last}`))
    .join(', ');
}

function pagesBetween(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

function wrongRange(piece: string, pageCount: number): MillpondError {
  return new MillpondError(
    'invalid-request',
    `“${piece}” is not a choice of pages. The file has ${pageCount}; write for example 1-3, 7.`,
    { param: 'pageRange' },
  );
}
