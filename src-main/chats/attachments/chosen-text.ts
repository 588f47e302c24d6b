import type { StoredAttachment } from '../ports.ts';
import { parsePageRange } from './page-range.ts';

/** What the model reads of a file: its chosen pages, each with its number when it has several. */
export function chosenText({ attachment, pageTexts }: StoredAttachment): string {
  const { pages, pageRange } = attachment;
  if (pages === undefined) return pageTexts.join('\n');
  return parsePageRange(pageRange ?? '', pages)
    .map((page) => {
      const text = pageTexts[page - 1] ?? '';
      return pages === 1 ? text : `[Page ${page}]\n${text}`;
    })
    .join('\n\n');
}
