/** Which pages of a document are sent, as a person writes it: `1-12, 15`. */
export type PageRange =
  | { readonly isValid: true; readonly text: string; readonly pages: number }
  | { readonly isValid: false };

/** Accepts single pages and spans, in any order and with any dash; gives back the plain form. */
export function parsePageRange(input: string, pageCount: number): PageRange {
  const pages = new Set<number>();
  const pieces = input.split(/[,;，、]/).map((piece) => piece.trim());
  for (const piece of pieces.filter((text) => text !== '')) {
    const match = /^(\d{1,6})(?:\s*[-–—~]\s*(\d{1,6}))?$/.exec(piece);
    if (match === null) return { isValid: false };
    const first = Number(match[1]);
    const last = Number(match[2] ?? match[1]);
    if (first < 1 || last > pageCount || first > last) return { isValid: false };
    for (let page = first; page <= last; page += 1) pages.add(page);
  }
  if (pages.size === 0) return { isValid: false };
  return { isValid: true, text: spans([...pages].toSorted((a, b) => a - b)), pages: pages.size };
}

function spans(pages: readonly number[]): string {
  const parts: string[] = [];
  let start = pages[0];
  for (const [index, page] of pages.entries()) {
    if (pages[index + 1] === page + 1) continue;
    parts.push(start === page ? String(page) : `${String(start)}-${String(page)}`);
    start = pages[index + 1];
  }
  return parts.join(',');
}
