/** A card without the YAML between two lines of dashes at its beginning. */
export function stripFrontMatter(markdown: string): string {
  const text = markdown.replace(/^\uFEFF/, '');
  const match = /^---[ \t]*\r?\n(?:[\s\S]*?\r?\n)?---[ \t]*(?:\r?\n|$)/.exec(text);
  return (match === null ? text : text.slice(match[0].length)).trim();
}
