export interface ExcerptPiece {
  readonly text: string;
  readonly isMatch: boolean;
}

/** Takes apart a search excerpt, whose matches stand between U+E000 and U+E001. */
export function excerptPieces(excerpt: string): readonly ExcerptPiece[] {
  return excerpt
    .split(/(\uE000[^\uE001]*\uE001?)/)
    .filter((text) => text !== '')
    .map((text) => ({
      text: text.replaceAll(/[\uE000\uE001]/g, ''),
      isMatch: text.startsWith('\uE000'),
    }));
}
