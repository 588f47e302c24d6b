const heading = /^ {0,3}(#{1,6})(?:\s|$)/;

/** How deep the first heading of an answer is, 1 to 6; 1 without any. A block is cut at blank lines. */
export function firstHeadingDepth(blocks: readonly string[]): number {
  for (const block of blocks) {
    const marks = heading.exec(block)?.[1];
    if (marks !== undefined) return marks.length;
  }
  return 1;
}

/**
 * The element of a heading in an answer. The turn has an `h2` of its own, so the first heading is an
 * `h3`, however deep the model began; the others keep their distance to it.
 */
export function headingTag(depth: number, topDepth: number): 'h3' | 'h4' | 'h5' | 'h6' {
  const below = depth - topDepth;
  if (below <= 0) return 'h3';
  if (below === 1) return 'h4';
  return below === 2 ? 'h5' : 'h6';
}
