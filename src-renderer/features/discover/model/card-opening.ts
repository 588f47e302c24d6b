import { markdownBlocks } from '../../../ui/markdown/blocks.ts';

export interface CardOpening {
  /** Whole blocks from the beginning. */
  readonly opening: string;
  /** Nothing follows. */
  readonly isAll: boolean;
}

/** About what fits beside the files without pushing everything down. */
const enoughCharacters = 900;

/** The beginning of a model's card, cut between blocks: never inside a table, a list or code. */
export function cardOpening(card: string): CardOpening {
  const blocks = markdownBlocks(card);
  let length = 0;
  let count = 0;
  for (const block of blocks) {
    if (length >= enoughCharacters) break;
    // A long table or listing does not belong to the opening, unless it is all there is.
    if (count > 0 && length + block.length > enoughCharacters * 2) break;
    length += block.length;
    count += 1;
  }
  // A heading without its text would be a promise.
  while (count > 1 && count < blocks.length && isHeading(blocks[count - 1])) count -= 1;
  return { opening: blocks.slice(0, count).join('\n\n'), isAll: count >= blocks.length };
}

function isHeading(block: string | undefined): boolean {
  return block !== undefined && /^ {0,3}#{1,6}\s[^\n]*$/.test(block);
}
