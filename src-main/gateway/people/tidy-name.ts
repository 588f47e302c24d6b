export const longestName = 60;

/** One line without control characters, as a list shows it. */
export function tidyName(text: string): string {
  return text
    .replaceAll(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, longestName)
    .trim();
}
