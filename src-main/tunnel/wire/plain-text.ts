/**
 * Text of somebody else as it may be shown: without control characters (a terminal would obey them)
 * and no longer than `maxLength` characters.
 */
export function plainText(text: string, maxLength: number): string {
  const short = text.length > maxLength ? text.slice(0, maxLength) : text;
  return short
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
    .trim();
}
